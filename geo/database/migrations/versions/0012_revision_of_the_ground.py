"""A revision of water and green, so that baked tiles know whether they are old

Revision 0012, after 0011; made 2026-11-21 15:00:00.
"""

from alembic import op

revision = '0012'
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('ck_revision_topic'), 'revision', schema='yike', type_='check')
    op.create_check_constraint(op.f('ck_revision_topic'), 'revision', "topic in ('network', 'homes', 'facilities', 'devices', 'areas', 'ground')", schema='yike')


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

"""Tiles that changed, in the numbered log

Revision 0011, after 0010; made 2026-11-21 15:05:00.
"""

from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f('ck_change_entity'), 'change', schema='yike')
    op.drop_constraint(op.f('ck_change_entity_id'), 'change', schema='yike')
    op.create_check_constraint(
        op.f('ck_change_entity'), 'change', "entity in ('device', 'incident', 'worker', 'tiles', 'reset')", schema='yike'
    )
    op.create_check_constraint(
        op.f('ck_change_entity_id'), 'change', "(entity in ('tiles', 'reset')) = (entity_id is null)", schema='yike'
    )


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

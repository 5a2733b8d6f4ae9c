"""Skills of workers

Revision 0009, after 0007; made 2026-11-21 12:05:00.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = '0009'
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('skill',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('sort', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint("code ~ '^[a-z][a-z_]*$'", name=op.f('ck_skill_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_skill')),
    schema='yike'
    )
    op.add_column('worker', sa.Column('skills', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False), schema='yike')
    op.add_column('device_kind', sa.Column('skill', sa.Text(), nullable=True), schema='yike')
    op.create_foreign_key(op.f('fk_device_kind_skill'), 'device_kind', 'skill', ['skill'], ['code'], source_schema='yike', referent_schema='yike')


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

"""Walks across squares

Revision 0007, after 0006; made 2026-11-21 09:25:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('street', sa.Column('across', sa.Boolean(), server_default='false', nullable=False), schema='yike')


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

"""Streets that are closed for now

Revision 0005, after 0004; made 2026-11-21 09:00:00.
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('street', sa.Column('closed', sa.Boolean(), server_default='false', nullable=False), schema='yike')


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

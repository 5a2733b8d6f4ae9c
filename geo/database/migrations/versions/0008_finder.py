"""The finder

Revision 0008, after 0007; made 2026-11-21 12:00:00.
"""

import sqlalchemy as sa
from alembic import op

from geo.finder.readings import readings

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None

_KIND = "kind in ('area', 'compound', 'street', 'building', 'facility', 'device')"


def upgrade() -> None:
    hanzi = op.create_table('hanzi',
    sa.Column('letter', sa.Text(collation='C'), nullable=False),
    sa.Column('pinyin', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('letter', name=op.f('pk_hanzi')),
    schema='yike'
    )
    # In one statement: 20,000 of one row each take seconds.
    op.get_bind().execute(
        sa.text("insert into yike.hanzi (letter, pinyin) select * from unnest(cast(:letters as text[]), cast(:pinyin as text[]))"),
        dict(zip(("letters", "pinyin"), map(list, zip(*readings())))),
    )
    op.create_table('alias',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('ref_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint(_KIND, name=op.f('ck_alias_kind')),
    sa.CheckConstraint('char_length(name) between 1 and 100', name=op.f('ck_alias_name')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_alias_origin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_alias')),
    sa.UniqueConstraint('kind', 'ref_id', 'name', name=op.f('uq_alias_kind_ref_id_name')),
    sa.UniqueConstraint('source_key', name=op.f('uq_alias_source_key')),
    schema='yike'
    )
    op.create_table('finder',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('ref_id', sa.BigInteger(), nullable=False),
    sa.Column('phrase', sa.Text(), nullable=False),
    sa.Column('words', sa.Text(collation='C'), nullable=False),
    sa.Column('pinyin', sa.Text(collation='C'), nullable=False),
    sa.Column('initials', sa.Text(collation='C'), nullable=False),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint(_KIND, name=op.f('ck_finder_kind')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finder')),
    schema='yike'
    )
    op.create_index('ix_finder_kind', 'finder', ['kind', 'ref_id'], schema='yike')
    op.create_index('ix_finder_pinyin', 'finder', ['pinyin'], schema='yike')
    op.create_index('ix_finder_initials', 'finder', ['initials'], schema='yike')
    op.create_index('ix_finder_pinyin_trgm', 'finder', ['pinyin'], schema='yike',
                    postgresql_using='gin', postgresql_ops={'pinyin': 'gin_trgm_ops'})
    op.create_index('ix_finder_initials_trgm', 'finder', ['initials'], schema='yike',
                    postgresql_using='gin', postgresql_ops={'initials': 'gin_trgm_ops'})
    # "3幢", "3号楼" and "Building 3" are number 3.
    op.execute("create index ix_building_number on yike.building (ltrim(substring(name, '[0-9]+'::text), '0'::text)) where name is not null")


def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

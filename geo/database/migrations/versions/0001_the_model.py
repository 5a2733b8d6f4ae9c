"""The model: every table, as Alembic generated it from `geo.model`.

Revision 0001, after ; made 2026-11-20 23:05:01.964171.
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry
from sqlalchemy.dialects import postgresql
revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('area',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('parent_id', sa.BigInteger(), nullable=True),
    sa.Column('level', sa.Text(), nullable=False),
    sa.Column('label', sa.Text(collation='C'), nullable=False),
    sa.Column('path', sa.Text(collation='C'), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('official_code', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='MULTIPOLYGON', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("label ~ '^~?[0-9a-z_]+$'", name=op.f('ck_area_label')),
    sa.CheckConstraint("level in ('city', 'district', 'subdistrict', 'community', 'grid')", name=op.f('ck_area_level')),
    sa.CheckConstraint("official_code is null or official_code ~ case level when 'city' then '^[0-9]{4}([0-9]{2})?$' when 'district' then '^[0-9]{6}$' when 'subdistrict' then '^[0-9]{9}$' when 'community' then '^[0-9]{12}$' else '^.+$' end", name=op.f('ck_area_official_code')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_area_origin')),
    sa.CheckConstraint("path = label or right(path, length(label) + 1) = '/' || label", name=op.f('ck_area_path')),
    sa.CheckConstraint('(parent_id is null) = (path = label)', name=op.f('ck_area_root_path')),
    sa.ForeignKeyConstraint(['parent_id'], ['yike.area.id'], name=op.f('fk_area_parent_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_area')),
    sa.UniqueConstraint('path', name=op.f('uq_area_path')),
    sa.UniqueConstraint('source_key', name=op.f('uq_area_source_key')),
    schema='yike'
    )
    op.create_index('ix_area_geom_3857', 'area', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_area_parent_id', 'area', ['parent_id'], unique=False, schema='yike')
    op.create_index('uq_area_level_official_code', 'area', ['level', 'official_code'], unique=True, schema='yike')
    op.create_table('change',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('seq', sa.BigInteger(), nullable=True),
    sa.Column('entity', sa.Text(), nullable=False),
    sa.Column('entity_id', sa.BigInteger(), nullable=True),
    sa.Column('payload', postgresql.JSONB(astext_type=sa.Text()), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("(entity = 'reset') = (entity_id is null)", name=op.f('ck_change_entity_id')),
    sa.CheckConstraint("entity in ('device', 'incident', 'worker', 'reset')", name=op.f('ck_change_entity')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_change')),
    schema='yike'
    )
    op.create_index('ix_change_unnumbered', 'change', ['id'], unique=False, schema='yike', postgresql_where='seq is null')
    op.create_index('uq_change_seq', 'change', ['seq'], unique=True, schema='yike', postgresql_where='seq is not null')
    op.create_table('compound',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='MULTIPOLYGON', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('datum', sa.Text(), server_default='wgs84', nullable=False),
    sa.Column('geom_delivered', Geometry(dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("datum = 'wgs84' or geom_delivered is not null", name=op.f('ck_compound_delivered_kept')),
    sa.CheckConstraint("datum in ('wgs84', 'gcj02', 'bd09', 'cgcs2000')", name=op.f('ck_compound_datum')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_compound_origin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_compound')),
    sa.UniqueConstraint('source_key', name=op.f('uq_compound_source_key')),
    schema='yike'
    )
    op.create_index('ix_compound_geom_3857', 'compound', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_compound_path', 'compound', ['path'], unique=False, schema='yike')
    op.create_table('dead_letter',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('reading', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_dead_letter')),
    schema='yike'
    )
    op.create_table('department',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_department_origin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_department')),
    sa.UniqueConstraint('source_key', name=op.f('uq_department_source_key')),
    schema='yike'
    )
    op.create_index('ix_department_path', 'department', ['path'], unique=False, schema='yike')
    op.create_table('device_kind',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('device_class', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('glyph', sa.Text(), nullable=False),
    sa.Column('heartbeat_s', sa.Integer(), nullable=True),
    sa.Column('sort', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint("code ~ '^[a-z][a-z_]*$'", name=op.f('ck_device_kind_code')),
    sa.CheckConstraint("device_class in ('care', 'security', 'street')", name=op.f('ck_device_kind_device_class')),
    sa.CheckConstraint('heartbeat_s > 0', name=op.f('ck_device_kind_heartbeat_s')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_device_kind')),
    schema='yike'
    )
    op.create_table('facility_category',
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('glyph', sa.Text(), nullable=False),
    sa.Column('sort', sa.SmallInteger(), nullable=False),
    sa.CheckConstraint("code ~ '^[a-z][a-z_]*$'", name=op.f('ck_facility_category_code')),
    sa.PrimaryKeyConstraint('code', name=op.f('pk_facility_category')),
    schema='yike'
    )
    op.create_table('ground',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='MULTIPOLYGON', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("kind in ('water', 'green', 'built', 'sand')", name=op.f('ck_ground_kind')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_ground_origin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ground')),
    sa.UniqueConstraint('source_key', name=op.f('uq_ground_source_key')),
    schema='yike'
    )
    op.create_index('ix_ground_geom_3857', 'ground', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_table('live_clock',
    sa.Column('single', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('epoch', sa.UUID(), server_default=sa.text('gen_random_uuid()'), nullable=False),
    sa.Column('last_seq', sa.BigInteger(), server_default='0', nullable=False),
    sa.CheckConstraint('single', name=op.f('ck_live_clock_single')),
    sa.PrimaryKeyConstraint('single', name=op.f('pk_live_clock')),
    schema='yike'
    )
    op.create_table('receipt',
    sa.Column('reading_id', sa.Text(), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.PrimaryKeyConstraint('reading_id', name=op.f('pk_receipt')),
    schema='yike'
    )
    op.create_index('ix_receipt_received_at', 'receipt', ['received_at'], unique=False, schema='yike')
    op.create_table('revision',
    sa.Column('topic', sa.Text(), nullable=False),
    sa.Column('value', sa.BigInteger(), server_default='1', nullable=False),
    sa.CheckConstraint("topic in ('network', 'homes', 'facilities', 'devices', 'areas')", name=op.f('ck_revision_topic')),
    sa.PrimaryKeyConstraint('topic', name=op.f('pk_revision')),
    schema='yike'
    )
    op.create_table('street_node',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_street_node_origin')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_street_node')),
    sa.UniqueConstraint('source_key', name=op.f('uq_street_node_source_key')),
    schema='yike'
    )
    op.create_table('telemetry',
    sa.Column('device_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('observed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.PrimaryKeyConstraint('device_id', 'observed_at', name=op.f('pk_telemetry')),
    schema='yike',
    postgresql_partition_by='RANGE (observed_at)'
    )
    op.create_table('building',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('compound_id', sa.BigInteger(), nullable=True),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('address', sa.Text(), nullable=True),
    sa.Column('use', sa.Text(), server_default='other', nullable=False),
    sa.Column('floors', sa.SmallInteger(), nullable=True),
    sa.Column('height_m', sa.Double(), nullable=True),
    sa.Column('has_lift', sa.Boolean(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='MULTIPOLYGON', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='MULTIPOLYGON', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('datum', sa.Text(), server_default='wgs84', nullable=False),
    sa.Column('geom_delivered', Geometry(dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("datum = 'wgs84' or geom_delivered is not null", name=op.f('ck_building_delivered_kept')),
    sa.CheckConstraint("datum in ('wgs84', 'gcj02', 'bd09', 'cgcs2000')", name=op.f('ck_building_datum')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_building_origin')),
    sa.CheckConstraint("use in ('residential', 'commercial', 'office', 'school', 'hospital', 'civic', 'industrial', 'religious', 'service', 'other')", name=op.f('ck_building_use')),
    sa.CheckConstraint('floors between 1 and 200', name=op.f('ck_building_floors')),
    sa.CheckConstraint('height_m > 0 and height_m < 1000', name=op.f('ck_building_height_m')),
    sa.ForeignKeyConstraint(['compound_id'], ['yike.compound.id'], name=op.f('fk_building_compound_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_building')),
    sa.UniqueConstraint('source_key', name=op.f('uq_building_source_key')),
    schema='yike'
    )
    op.create_index('ix_building_compound_id', 'building', ['compound_id'], unique=False, schema='yike')
    op.create_index('ix_building_geom_3857', 'building', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_building_path', 'building', ['path'], unique=False, schema='yike')
    op.create_table('gate',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('compound_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_gate_origin')),
    sa.ForeignKeyConstraint(['compound_id'], ['yike.compound.id'], name=op.f('fk_gate_compound_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_gate')),
    sa.UniqueConstraint('source_key', name=op.f('uq_gate_source_key')),
    schema='yike'
    )
    op.create_index('ix_gate_compound_id', 'gate', ['compound_id'], unique=False, schema='yike')
    op.create_table('rule',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('code', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('name_en', sa.Text(), nullable=False),
    sa.Column('metric', sa.Text(), nullable=False),
    sa.Column('comparison', sa.Text(), nullable=False),
    sa.Column('threshold', sa.Double(), nullable=False),
    sa.Column('clearing', sa.Text(), nullable=False),
    sa.Column('severity', sa.SmallInteger(), nullable=False),
    sa.Column('enabled', sa.Boolean(), server_default='true', nullable=False),
    sa.CheckConstraint("clearing in ('self_clearing', 'latched')", name=op.f('ck_rule_clearing')),
    sa.CheckConstraint("comparison in ('>=', '<=')", name=op.f('ck_rule_comparison')),
    sa.CheckConstraint('severity between 1 and 4', name=op.f('ck_rule_severity')),
    sa.ForeignKeyConstraint(['kind'], ['yike.device_kind.code'], name=op.f('fk_rule_kind'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rule')),
    sa.UniqueConstraint('code', name=op.f('uq_rule_code')),
    schema='yike'
    )
    op.create_index('ix_rule_kind', 'rule', ['kind'], unique=False, schema='yike')
    op.create_table('street',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('from_node_id', sa.BigInteger(), nullable=False),
    sa.Column('to_node_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('street_class', sa.Text(), nullable=False),
    sa.Column('length_m', sa.Double(), nullable=False),
    sa.Column('walk', sa.Boolean(), nullable=False),
    sa.Column('cycle', sa.Boolean(), nullable=False),
    sa.Column('drive', sa.Boolean(), nullable=False),
    sa.Column('oneway_walk', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('oneway_cycle', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('oneway_drive', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('steps', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('bridge', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('tunnel', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('geom', Geometry(geometry_type='LINESTRING', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='LINESTRING', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_street_origin')),
    sa.CheckConstraint("street_class in ('motorway', 'trunk', 'primary', 'secondary', 'tertiary', 'residential', 'living_street', 'service', 'pedestrian', 'footway', 'cycleway', 'path', 'steps')", name=op.f('ck_street_street_class')),
    sa.CheckConstraint('(not oneway_walk or walk) and (not oneway_cycle or cycle) and (not oneway_drive or drive)', name=op.f('ck_street_oneway')),
    sa.CheckConstraint('length_m >= 0 and length_m < 1e6', name=op.f('ck_street_length_m')),
    sa.CheckConstraint('walk or cycle or drive', name=op.f('ck_street_usable')),
    sa.ForeignKeyConstraint(['from_node_id'], ['yike.street_node.id'], name=op.f('fk_street_from_node_id')),
    sa.ForeignKeyConstraint(['to_node_id'], ['yike.street_node.id'], name=op.f('fk_street_to_node_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_street')),
    sa.UniqueConstraint('source_key', name=op.f('uq_street_source_key')),
    schema='yike'
    )
    op.create_index('ix_street_from_node_id', 'street', ['from_node_id'], unique=False, schema='yike')
    op.create_index('ix_street_geom_3857', 'street', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_street_name', 'street', ['name'], unique=False, schema='yike', postgresql_where='name is not null')
    op.create_index('ix_street_to_node_id', 'street', ['to_node_id'], unique=False, schema='yike')
    op.create_table('worker',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('on_duty', sa.Boolean(), server_default='false', nullable=False),
    sa.Column('profile', sa.Text(), server_default='walk', nullable=False),
    sa.Column('post', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_worker_origin')),
    sa.CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name=op.f('ck_worker_phone')),
    sa.CheckConstraint("profile in ('walk', 'elder', 'wheelchair', 'ebike')", name=op.f('ck_worker_profile')),
    sa.ForeignKeyConstraint(['department_id'], ['yike.department.id'], name=op.f('fk_worker_department_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_worker')),
    sa.UniqueConstraint('source_key', name=op.f('uq_worker_source_key')),
    schema='yike'
    )
    op.create_index('ix_worker_path', 'worker', ['path'], unique=False, schema='yike')
    op.create_table('entrance',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('building_id', sa.BigInteger(), nullable=False),
    sa.Column('label', sa.Text(), nullable=False),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_entrance_origin')),
    sa.ForeignKeyConstraint(['building_id'], ['yike.building.id'], name=op.f('fk_entrance_building_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_entrance')),
    sa.UniqueConstraint('building_id', 'label', name=op.f('uq_entrance_building_id_label')),
    sa.UniqueConstraint('id', 'building_id', name=op.f('uq_entrance_id_building_id')),
    sa.UniqueConstraint('source_key', name=op.f('uq_entrance_source_key')),
    schema='yike'
    )
    op.create_table('facility',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('category', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=True),
    sa.Column('name_en', sa.Text(), nullable=True),
    sa.Column('building_id', sa.BigInteger(), nullable=True),
    sa.Column('capacity', sa.Integer(), nullable=True),
    sa.Column('opening_hours', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='POINT', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('datum', sa.Text(), server_default='wgs84', nullable=False),
    sa.Column('geom_delivered', Geometry(dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("datum = 'wgs84' or geom_delivered is not null", name=op.f('ck_facility_delivered_kept')),
    sa.CheckConstraint("datum in ('wgs84', 'gcj02', 'bd09', 'cgcs2000')", name=op.f('ck_facility_datum')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_facility_origin')),
    sa.CheckConstraint('capacity > 0', name=op.f('ck_facility_capacity')),
    sa.ForeignKeyConstraint(['building_id'], ['yike.building.id'], name=op.f('fk_facility_building_id'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['category'], ['yike.facility_category.code'], name=op.f('fk_facility_category')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_facility')),
    sa.UniqueConstraint('source_key', name=op.f('uq_facility_source_key')),
    schema='yike'
    )
    op.create_index('ix_facility_building_id', 'facility', ['building_id'], unique=False, schema='yike')
    op.create_index('ix_facility_category', 'facility', ['category'], unique=False, schema='yike')
    op.create_index('ix_facility_geom_3857', 'facility', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_facility_path', 'facility', ['path'], unique=False, schema='yike')
    op.create_table('worker_position',
    sa.Column('worker_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('observed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('accuracy_m', sa.Double(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.CheckConstraint('accuracy_m >= 0', name=op.f('ck_worker_position_accuracy_m')),
    sa.ForeignKeyConstraint(['worker_id'], ['yike.worker.id'], name=op.f('fk_worker_position_worker_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('worker_id', name=op.f('pk_worker_position')),
    schema='yike',
    postgresql_with={'fillfactor': '70'}
    )
    op.create_table('unit',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('building_id', sa.BigInteger(), nullable=False),
    sa.Column('entrance_id', sa.BigInteger(), nullable=True),
    sa.Column('floor', sa.SmallInteger(), nullable=False),
    sa.Column('room', sa.Text(), nullable=False),
    sa.Column('tenure', sa.Text(), server_default='owned', nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_unit_origin')),
    sa.CheckConstraint("tenure in ('owned', 'rented', 'vacant')", name=op.f('ck_unit_tenure')),
    sa.CheckConstraint('floor between -9 and 200 and floor <> 0', name=op.f('ck_unit_floor')),
    sa.ForeignKeyConstraint(['building_id'], ['yike.building.id'], name=op.f('fk_unit_building_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['entrance_id', 'building_id'], ['yike.entrance.id', 'yike.entrance.building_id'], name='fk_unit_entrance'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_unit')),
    sa.UniqueConstraint('building_id', 'entrance_id', 'room', name=op.f('uq_unit_building_id_entrance_id_room'), postgresql_nulls_not_distinct=True),
    sa.UniqueConstraint('id', 'building_id', name=op.f('uq_unit_id_building_id')),
    sa.UniqueConstraint('source_key', name=op.f('uq_unit_source_key')),
    schema='yike'
    )
    op.create_index('ix_unit_entrance_id', 'unit', ['entrance_id'], unique=False, schema='yike')
    op.create_index('ix_unit_path', 'unit', ['path'], unique=False, schema='yike')
    op.create_table('device',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('external_id', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('building_id', sa.BigInteger(), nullable=True),
    sa.Column('unit_id', sa.BigInteger(), nullable=True),
    sa.Column('floor', sa.SmallInteger(), nullable=True),
    sa.Column('gateway', sa.Text(), nullable=True),
    sa.Column('installed_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('geom_3857', Geometry(geometry_type='POINT', srid=3857, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), sa.Computed('st_transform(geom, 3857)', persisted=True), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('datum', sa.Text(), server_default='wgs84', nullable=False),
    sa.Column('geom_delivered', Geometry(dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("datum = 'wgs84' or geom_delivered is not null", name=op.f('ck_device_delivered_kept')),
    sa.CheckConstraint("datum in ('wgs84', 'gcj02', 'bd09', 'cgcs2000')", name=op.f('ck_device_datum')),
    sa.CheckConstraint("external_id ~ '^[!-~]{1,100}$'", name=op.f('ck_device_external_id')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_device_origin')),
    sa.CheckConstraint('unit_id is null or building_id is not null', name=op.f('ck_device_unit_in_building')),
    sa.ForeignKeyConstraint(['building_id'], ['yike.building.id'], name=op.f('fk_device_building_id')),
    sa.ForeignKeyConstraint(['kind'], ['yike.device_kind.code'], name=op.f('fk_device_kind')),
    sa.ForeignKeyConstraint(['unit_id', 'building_id'], ['yike.unit.id', 'yike.unit.building_id'], name='fk_device_unit'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_device')),
    sa.UniqueConstraint('external_id', name=op.f('uq_device_external_id')),
    sa.UniqueConstraint('source_key', name=op.f('uq_device_source_key')),
    schema='yike'
    )
    op.create_index('ix_device_building_id', 'device', ['building_id'], unique=False, schema='yike')
    op.create_index('ix_device_geom_3857', 'device', ['geom_3857'], unique=False, schema='yike', postgresql_using='gist')
    op.create_index('ix_device_kind', 'device', ['kind'], unique=False, schema='yike')
    op.create_index('ix_device_path', 'device', ['path'], unique=False, schema='yike')
    op.create_index('ix_device_unit_id', 'device', ['unit_id'], unique=False, schema='yike')
    op.create_table('resident',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('unit_id', sa.BigInteger(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('gender', sa.Text(), nullable=True),
    sa.Column('born', sa.Date(), nullable=True),
    sa.Column('phone', sa.Text(), nullable=True),
    sa.Column('is_registered', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('lives_here', sa.Boolean(), server_default='true', nullable=False),
    sa.Column('tags', postgresql.ARRAY(sa.Text()), server_default='{}', nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("born > date '1890-01-01'", name=op.f('ck_resident_born')),
    sa.CheckConstraint("gender in ('female', 'male')", name=op.f('ck_resident_gender')),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_resident_origin')),
    sa.CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name=op.f('ck_resident_phone')),
    sa.CheckConstraint('is_registered or lives_here', name=op.f('ck_resident_belongs')),
    sa.ForeignKeyConstraint(['unit_id'], ['yike.unit.id'], name=op.f('fk_resident_unit_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_resident')),
    sa.UniqueConstraint('source_key', name=op.f('uq_resident_source_key')),
    schema='yike'
    )
    op.create_index('ix_resident_path', 'resident', ['path'], unique=False, schema='yike')
    op.create_index('ix_resident_tags', 'resident', ['tags'], unique=False, schema='yike', postgresql_using='gin')
    op.create_index('ix_resident_unit_id', 'resident', ['unit_id'], unique=False, schema='yike')
    op.create_table('contact',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('resident_id', sa.BigInteger(), nullable=False),
    sa.Column('priority', sa.SmallInteger(), server_default='1', nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('relation', sa.Text(), nullable=False),
    sa.Column('phone', sa.Text(), nullable=False),
    sa.Column('origin', sa.Text(), server_default='manual', nullable=False),
    sa.Column('source_key', sa.Text(), nullable=True),
    sa.CheckConstraint("origin in ('imported', 'derived', 'sample', 'manual')", name=op.f('ck_contact_origin')),
    sa.CheckConstraint("phone ~ '^[+0-9 -]{5,20}$'", name=op.f('ck_contact_phone')),
    sa.CheckConstraint('priority between 1 and 20', name=op.f('ck_contact_priority')),
    sa.ForeignKeyConstraint(['resident_id'], ['yike.resident.id'], name=op.f('fk_contact_resident_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_contact')),
    sa.UniqueConstraint('resident_id', 'priority', name=op.f('uq_contact_resident_id_priority')),
    sa.UniqueConstraint('source_key', name=op.f('uq_contact_source_key')),
    schema='yike'
    )
    op.create_table('deadline',
    sa.Column('device_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('purpose', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint("purpose in ('heartbeat')", name=op.f('ck_deadline_purpose')),
    sa.ForeignKeyConstraint(['device_id'], ['yike.device.id'], name=op.f('fk_deadline_device_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('device_id', 'purpose', name=op.f('pk_deadline')),
    schema='yike'
    )
    op.create_index('ix_deadline_due_at', 'deadline', ['due_at'], unique=False, schema='yike')
    op.create_table('device_offline',
    sa.Column('device_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('since', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['yike.device.id'], name=op.f('fk_device_offline_device_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_offline')),
    schema='yike'
    )
    op.create_table('device_state',
    sa.Column('device_id', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('observed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('values', postgresql.JSONB(astext_type=sa.Text()), nullable=False),
    sa.ForeignKeyConstraint(['device_id'], ['yike.device.id'], name=op.f('fk_device_state_device_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('device_id', name=op.f('pk_device_state')),
    schema='yike',
    postgresql_with={'fillfactor': '70'}
    )
    op.create_table('incident',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('severity', sa.SmallInteger(), nullable=False),
    sa.Column('device_id', sa.BigInteger(), nullable=True),
    sa.Column('rule_id', sa.BigInteger(), nullable=True),
    sa.Column('details', postgresql.JSONB(astext_type=sa.Text()), server_default='{}', nullable=False),
    sa.Column('opened_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('acknowledged_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('closing', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry', nullable=False), nullable=False),
    sa.Column('path', sa.Text(collation='C'), server_default='', nullable=False),
    sa.CheckConstraint("(kind = 'device_alarm') = (rule_id is not null)", name=op.f('ck_incident_alarm_has_rule')),
    sa.CheckConstraint("closing in ('recovered', 'verified', 'manual_check', 'false_alarm', 'merged', 'removed')", name=op.f('ck_incident_closing')),
    sa.CheckConstraint("kind in ('device_alarm', 'resident_report', 'patrol_finding')", name=op.f('ck_incident_kind')),
    sa.CheckConstraint('(closed_at is null) = (closing is null)', name=op.f('ck_incident_closed')),
    sa.CheckConstraint('closed_at >= opened_at', name=op.f('ck_incident_closed_after_opened')),
    sa.CheckConstraint('rule_id is null or device_id is not null', name=op.f('ck_incident_rule_has_device')),
    sa.CheckConstraint('severity between 1 and 4', name=op.f('ck_incident_severity')),
    sa.ForeignKeyConstraint(['device_id'], ['yike.device.id'], name=op.f('fk_incident_device_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['rule_id'], ['yike.rule.id'], name=op.f('fk_incident_rule_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident')),
    schema='yike'
    )
    op.create_index('ix_incident_device_id', 'incident', ['device_id', 'opened_at'], unique=False, schema='yike')
    op.create_index('ix_incident_open', 'incident', ['opened_at'], unique=False, schema='yike', postgresql_where='closed_at is null')
    op.create_index('ix_incident_path', 'incident', ['path', 'opened_at'], unique=False, schema='yike')
    op.create_index('uq_incident_open', 'incident', ['device_id', 'rule_id'], unique=True, schema='yike', postgresql_where='closed_at is null')
    op.create_table('incident_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('step', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.CheckConstraint("step in ('opened', 'acknowledged', 'ordered', 'closed')", name=op.f('ck_incident_log_step')),
    sa.ForeignKeyConstraint(['incident_id'], ['yike.incident.id'], name=op.f('fk_incident_log_incident_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_log')),
    schema='yike'
    )
    op.create_index('ix_incident_log_incident_id', 'incident_log', ['incident_id', 'at'], unique=False, schema='yike')
    op.create_table('work_order',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('incident_id', sa.BigInteger(), nullable=False),
    sa.Column('worker_id', sa.BigInteger(), nullable=True),
    sa.Column('department_id', sa.BigInteger(), nullable=True),
    sa.Column('state', sa.Text(), server_default='dispatched', nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('state_at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('escalated_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint("state in ('dispatched', 'accepted', 'arrived', 'handled', 'verified', 'closed', 'returned', 'cancelled')", name=op.f('ck_work_order_state')),
    sa.CheckConstraint('num_nonnulls(worker_id, department_id) = 1', name=op.f('ck_work_order_one_addressee')),
    sa.ForeignKeyConstraint(['department_id'], ['yike.department.id'], name=op.f('fk_work_order_department_id')),
    sa.ForeignKeyConstraint(['incident_id'], ['yike.incident.id'], name=op.f('fk_work_order_incident_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['worker_id'], ['yike.worker.id'], name=op.f('fk_work_order_worker_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_order')),
    schema='yike'
    )
    op.create_index('ix_work_order_incident_id', 'work_order', ['incident_id'], unique=False, schema='yike')
    op.create_index('ix_work_order_worker_id', 'work_order', ['worker_id', 'created_at'], unique=False, schema='yike')
    op.create_index('uq_work_order_open', 'work_order', ['incident_id'], unique=True, schema='yike', postgresql_where="state not in ('closed', 'returned', 'cancelled')")
    op.create_table('work_order_log',
    sa.Column('id', sa.BigInteger(), sa.Identity(always=True), nullable=False),
    sa.Column('order_id', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), server_default=sa.text('now()'), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('who', sa.Text(), nullable=False),
    sa.Column('note', sa.Text(), nullable=True),
    sa.Column('geom', Geometry(geometry_type='POINT', srid=4326, dimension=2, spatial_index=False, from_text='ST_GeomFromEWKT', name='geometry'), nullable=True),
    sa.CheckConstraint("state in ('dispatched', 'accepted', 'arrived', 'handled', 'verified', 'closed', 'returned', 'cancelled')", name=op.f('ck_work_order_log_state')),
    sa.ForeignKeyConstraint(['order_id'], ['yike.work_order.id'], name=op.f('fk_work_order_log_order_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_work_order_log')),
    schema='yike'
    )
    op.create_index('ix_work_order_log_order_id', 'work_order_log', ['order_id', 'at'], unique=False, schema='yike')
    op.execute("insert into yike.live_clock default values")



def downgrade() -> None:
    raise NotImplementedError("Restore the backup made before the upgrade instead.")

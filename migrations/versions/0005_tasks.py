"""Key tasks: heads, shares, progress, follow-ups.

Revision: 0005, after 0004.
"""
import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('task_shares',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('unit_id', sa.Integer(), nullable=False),
    sa.Column('part', sa.String(length=10), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('heads', sa.String(length=200), nullable=True),
    sa.Column('is_enterprise', sa.Boolean(), nullable=False),
    sa.Column('territory_id', sa.Integer(), nullable=True),
    sa.Column('due_kind', sa.String(length=10), nullable=False),
    sa.Column('original_due', sa.Date(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=False),
    sa.Column('acknowledged_on', sa.Date(), nullable=True),
    sa.Column('reported_on', sa.Date(), nullable=True),
    sa.Column('percent_claimed', sa.Integer(), nullable=False),
    sa.Column('percent_verified', sa.Integer(), nullable=True),
    sa.Column('claimed_on', sa.Date(), nullable=True),
    sa.Column('imported_history', sa.Boolean(), server_default='0', nullable=False),
    sa.CheckConstraint("part IN ('lead', 'supporting')", name=op.f('ck_task_shares_part')),
    sa.CheckConstraint('percent_claimed BETWEEN 0 AND 100', name=op.f('ck_task_shares_percent_claimed')),
    sa.CheckConstraint('percent_verified BETWEEN 0 AND 100', name=op.f('ck_task_shares_percent_verified')),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_task_shares_id')),
    sa.ForeignKeyConstraint(['territory_id'], ['organizations.id'], name=op.f('fk_task_shares_territory_id')),
    sa.ForeignKeyConstraint(['unit_id'], ['organizations.id'], name=op.f('fk_task_shares_unit_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_shares'))
    )
    op.create_table('tasks',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('source', sa.String(length=12), nullable=False),
    sa.Column('document_number', sa.String(length=120), nullable=True),
    sa.Column('content', sa.Text(), nullable=False),
    sa.Column('measures', sa.Text(), nullable=True),
    sa.Column('due_kind', sa.String(length=10), nullable=False),
    sa.Column('due_words', sa.String(length=120), nullable=True),
    sa.Column('original_due', sa.Date(), nullable=True),
    sa.Column('unit_words', sa.String(length=200), nullable=True),
    sa.Column('planned', sa.JSON(), nullable=False),
    sa.Column('review_asked_on', sa.Date(), nullable=True),
    sa.Column('issued_on', sa.Date(), nullable=True),
    sa.Column('parent_id', sa.Integer(), nullable=True),
    sa.Column('previous_id', sa.Integer(), nullable=True),
    sa.Column('series_id', sa.Integer(), nullable=True),
    sa.Column('period', sa.String(length=7), nullable=True),
    sa.Column('merged_into_id', sa.Integer(), nullable=True),
    sa.Column('imported_history', sa.Boolean(), server_default='0', nullable=False),
    sa.CheckConstraint("due_kind IN ('date', 'immediate', 'monthly', 'quarterly', 'standing', 'words')", name=op.f('ck_tasks_due_kind')),
    sa.CheckConstraint("source IN ('central', 'province', 'city', 'county', 'superior')", name=op.f('ck_tasks_source')),
    sa.CheckConstraint('(series_id IS NULL) = (period IS NULL)', name=op.f('ck_tasks_instance_has_period')),
    sa.ForeignKeyConstraint(['id'], ['cases.id'], name=op.f('fk_tasks_id')),
    sa.ForeignKeyConstraint(['merged_into_id'], ['tasks.id'], name=op.f('fk_tasks_merged_into_id')),
    sa.ForeignKeyConstraint(['parent_id'], ['tasks.id'], name=op.f('fk_tasks_parent_id')),
    sa.ForeignKeyConstraint(['previous_id'], ['tasks.id'], name=op.f('fk_tasks_previous_id')),
    sa.ForeignKeyConstraint(['series_id'], ['tasks.id'], name=op.f('fk_tasks_series_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tasks')),
    sa.UniqueConstraint('series_id', 'period', name=op.f('uq_tasks_series_id_period'))
    )
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tasks_parent_id'), ['parent_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tasks_previous_id'), ['previous_id'], unique=False)

    op.create_table('task_follow_ups',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('followed_on', sa.Date(), nullable=False),
    sa.Column('method', sa.String(length=60), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('followed_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('confined_to_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['case_id'], ['tasks.id'], name=op.f('fk_task_follow_ups_case_id')),
    sa.ForeignKeyConstraint(['confined_to_id'], ['organizations.id'], name=op.f('fk_task_follow_ups_confined_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_follow_ups'))
    )
    with op.batch_alter_table('task_follow_ups', schema=None) as batch_op:
        batch_op.create_index('ix_task_follow_ups_case', ['case_id', 'id'], unique=False)

    op.create_table('task_progress',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('case_id', sa.Integer(), nullable=False),
    sa.Column('reported_on', sa.Date(), nullable=False),
    sa.Column('percent', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('difficulties', sa.Text(), nullable=True),
    sa.Column('next_step', sa.Text(), nullable=True),
    sa.Column('overdue_reason', sa.Text(), nullable=True),
    sa.Column('reported_by', sa.String(length=120), nullable=False),
    sa.Column('recorded_at', sa.DateTime(), nullable=False),
    sa.Column('confined_to_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('percent BETWEEN 0 AND 100', name=op.f('ck_task_progress_percent')),
    sa.ForeignKeyConstraint(['case_id'], ['task_shares.id'], name=op.f('fk_task_progress_case_id')),
    sa.ForeignKeyConstraint(['confined_to_id'], ['organizations.id'], name=op.f('fk_task_progress_confined_to_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task_progress'))
    )
    with op.batch_alter_table('task_progress', schema=None) as batch_op:
        batch_op.create_index('ix_task_progress_case', ['case_id', 'id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('task_progress', schema=None) as batch_op:
        batch_op.drop_index('ix_task_progress_case')

    op.drop_table('task_progress')
    with op.batch_alter_table('task_follow_ups', schema=None) as batch_op:
        batch_op.drop_index('ix_task_follow_ups_case')

    op.drop_table('task_follow_ups')
    with op.batch_alter_table('tasks', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tasks_previous_id'))
        batch_op.drop_index(batch_op.f('ix_tasks_parent_id'))

    op.drop_table('tasks')
    op.drop_table('task_shares')

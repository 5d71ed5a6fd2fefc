"""Accounts: passwords that must be changed, their history and age, delegation.

Revision: 0004, after 0003. Columns leave `ab_user` without the batch mode: half the tables refer to it, and the
copy that the batch mode makes would have to drop it first.
"""
import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column('ab_user', sa.Column('must_change_password', sa.Boolean(), server_default='0', nullable=False))
    op.add_column('ab_user', sa.Column('password_set_on', sa.Date(), nullable=True))
    op.create_table('used_passwords',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('user_id', sa.Integer(), nullable=False),
    sa.Column('password', sa.String(length=256), nullable=False),
    sa.Column('replaced_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['user_id'], ['ab_user.id'], name=op.f('fk_used_passwords_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_used_passwords'))
    )
    with op.batch_alter_table('used_passwords', schema=None) as batch_op:
        batch_op.create_index('ix_used_passwords_user', ['user_id', 'id'], unique=False)

    op.create_table('delegations',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('post_id', sa.Integer(), nullable=False),
    sa.Column('delegator_id', sa.Integer(), nullable=False),
    sa.Column('delegate_id', sa.Integer(), nullable=False),
    sa.Column('valid_from', sa.Date(), nullable=False),
    sa.Column('valid_to', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=200), nullable=False),
    sa.Column('revoked_on', sa.Date(), nullable=True),
    sa.Column('version', sa.Integer(), server_default='1', nullable=False),
    sa.CheckConstraint('delegator_id <> delegate_id', name=op.f('ck_delegations_delegate_is_other')),
    sa.CheckConstraint('valid_to >= valid_from', name=op.f('ck_delegations_ends_after_it_begins')),
    sa.ForeignKeyConstraint(['delegate_id'], ['ab_user.id'], name=op.f('fk_delegations_delegate_id')),
    sa.ForeignKeyConstraint(['delegator_id'], ['ab_user.id'], name=op.f('fk_delegations_delegator_id')),
    sa.ForeignKeyConstraint(['post_id'], ['posts.id'], name=op.f('fk_delegations_post_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_delegations'))
    )
    with op.batch_alter_table('delegations', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_delegations_delegate_id'), ['delegate_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegations_delegator_id'), ['delegator_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_delegations_post_id'), ['post_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('delegations', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delegations_post_id'))
        batch_op.drop_index(batch_op.f('ix_delegations_delegator_id'))
        batch_op.drop_index(batch_op.f('ix_delegations_delegate_id'))

    op.drop_table('delegations')
    with op.batch_alter_table('used_passwords', schema=None) as batch_op:
        batch_op.drop_index('ix_used_passwords_user')

    op.drop_table('used_passwords')
    op.drop_column('ab_user', 'password_set_on')
    op.drop_column('ab_user', 'must_change_password')

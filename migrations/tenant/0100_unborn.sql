-- A spontaneous payment: debt.state is "unborn" until the first money that pays
-- it. What nobody can pay any more is swept, and found by its carts.
create index cart_line_debt on cart_line (tenant_id, debt_id);

-- The carts that nobody paid and that still say who would have: few, and looked
-- for every minute.
create index cart_left on cart (tenant_id, changed_at)
  where state <> 'paid' and (owner <> '' or payer_name <> '' or payer_code <> '' or payer_email <> '');

-- Numbers that an operator wants in the pool beyond what planning would buy.

create function public.order_phone_numbers(p_quantity int, p_area_code text default null)
returns int
language plpgsql
security definer
set search_path = pg_catalog, pg_temp
set jit = off
as $$
declare
  v_now timestamptz := phone_pool.clock();
begin
  if p_quantity is null or p_quantity not between 1 and 1000 then
    perform phone_pool.raise_error('invalid_request', 'p_quantity is 1 to 1000');
  end if;
  perform phone_pool.require_area_code(p_area_code);
  insert into phone_pool.purchases (status, reason, area_code, wanted_area_code, monthly_cost,
    next_attempt_at, planned_at)
  select 'asked', 'requested', p_area_code, p_area_code, s.number_monthly_cost_usd, v_now, v_now
  from phone_pool.settings s, generate_series(1, p_quantity) nth;
  perform phone_pool.nudge_planner();
  return p_quantity;
end
$$;
comment on function public.order_phone_numbers(int, text) is
  'Asks for p_quantity (1 to 1000) numbers for the pool and returns that. Planned, within '
  'max_numbers and the budget, and bought they are after this transaction: admin_purchases shows '
  'what becomes of them. Raises invalid_request. Security definer: see request_phone_number.';

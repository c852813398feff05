const ORGANIZATION = "00000000-0000-4000-8000-000000050002";

/** How an admin reads them: a row, a page, or one organization. */
export const READINGS: Record<string, string> = {
  health: "select * from admin_pool_health",
  jobs: "select * from admin_jobs",
  metrics: "select * from admin_assignment_metrics",
  carrier: "select * from admin_carrier_reliability",
  alerts: "select * from admin_alerts where state <> 'closed'",
  "alerts, latest": "select * from admin_alerts limit 50",
  drift: "select * from admin_drift limit 50",
  numbers: "select * from admin_phone_numbers limit 50",
  "one number": "select * from admin_phone_numbers where phone_number = '+12010050002'",
  "numbers in quarantine": "select * from admin_phone_numbers where status = 'suspended' limit 50",
  "who waits": "select * from admin_waiting_organizations limit 50",
  "phones of their own": "select * from admin_waiting_organizations where place is null limit 50",
  purchases: "select * from admin_purchases limit 50",
  "one purchase": "select * from admin_purchases where id = '00000000-0000-4000-9000-000000050002'",
  costs: "select * from admin_organization_costs limit 50",
  "spending of a month": "select * from admin_spending limit 1",
  "costs of one":
    `select * from admin_organization_costs where organization_id = '${ORGANIZATION}'`,
  "costs of a month":
    `select * from admin_organization_costs where month = date_trunc('month', now())::date limit 50`,
  "support: a number": "select * from admin_support_numbers where phone_number = '+12010050002'",
  "support: who waits":
    "select * from admin_support_numbers where organization_id = '00000000-0000-4000-8000-000000050000'",
  "support: an organization":
    `select * from admin_support_numbers where organization_id = '${ORGANIZATION}'`,
  "health of numbers": "select * from admin_number_health limit 50",
  "health of one number": "select * from admin_number_health where phone_number = '+12010050002'",
  history: "select * from admin_number_history limit 50",
  "history of a number": "select * from admin_number_history where phone_number = '+12010050002'",
  calls: "select * from admin_intake_calls limit 50",
  "calls of one":
    `select * from admin_intake_calls where organization_id = '${ORGANIZATION}' limit 50`,
};

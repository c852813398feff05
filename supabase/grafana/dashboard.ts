import { QUERIES, type Query } from "../report/queries.ts";

const SOURCE = { type: "grafana-postgresql-datasource", uid: "${datasource}" };

/** The report's figures as a dashboard of Grafana, over its data source PostgreSQL. */
export const dashboard = () => ({
  __inputs: [{
    name: "datasource",
    label: "The project's database",
    type: "datasource",
    pluginId: SOURCE.type,
    pluginName: "PostgreSQL",
  }],
  title: "phone-pool",
  uid: "phone-pool",
  tags: ["phone-pool"],
  timezone: "utc",
  schemaVersion: 39,
  refresh: "5m",
  panels: QUERIES.map(panel),
});

function panel(query: Query, index: number) {
  const isTable = query.kind === "table";
  return {
    id: index + 1,
    title: query.title,
    description: query.about,
    type: isTable ? "table" : "barchart",
    datasource: SOURCE,
    gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    options: isTable ? {} : {
      stacking: query.kind === "bars" ? "normal" : "none",
      xTickLabelSpacing: 100,
      legend: { displayMode: "list", placement: "bottom" },
    },
    targets: [{
      refId: "A",
      datasource: SOURCE,
      format: "table",
      rawQuery: true,
      rawSql: query.sql,
    }],
  };
}

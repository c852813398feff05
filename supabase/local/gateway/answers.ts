/** An answer in the shape that PostgREST and the platform's gateway give their errors. */
export function failure(
  status: number,
  body: { message: string; code?: string; details?: string | null; hint?: string | null },
): Response {
  return Response.json(body, { status });
}

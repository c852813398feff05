import { createHash } from "node:crypto";
import { z } from "zod";

/** One Edge Function as it was deployed. */
export interface Deployed {
  files: Map<string, string>;
  entrypoint: string;
  importMap: string;
  verifyJwt: boolean;
  version: number;
}

export interface ManagementApi {
  handler(request: Request): Promise<Response>;
  functions: Map<string, Deployed>;
  secrets: Map<string, string>;
  /** `METHOD path` of each request that changes something. */
  changes: string[];
  /** The next request that changes something and fits is answered 400, and changes nothing. */
  failNext(pattern: RegExp): void;
}

const metadataSchema = z.object({
  entrypoint_path: z.string(),
  import_map_path: z.string(),
  verify_jwt: z.boolean(),
});
const secretsSchema = z.array(z.object({ name: z.string(), value: z.string() }));

/**
 * The part of Supabase's Management API that `supabase functions deploy --use-api` and
 * `supabase secrets` of CLI 3.1 ask for. A bundle is live once it was uploaded alone, or with others
 * once the bulk update names it.
 */
export function createManagementApi(ref: string, token: string): ManagementApi {
  const functions = new Map<string, Deployed>();
  const bundles = new Map<string, Deployed>();
  const secrets = new Map<string, string>();
  const changes: string[] = [];
  const failures: RegExp[] = [];

  const upload = async (request: Request, url: URL) => {
    const slug = url.searchParams.get("slug") ?? "";
    const bundle = await readBundle(await request.formData());
    bundle.version = (functions.get(slug)?.version ?? 0) + 1;
    bundles.set(slug, bundle);
    if (url.searchParams.get("bundleOnly") !== "true") functions.set(slug, bundle);
    return Response.json(describe(slug, bundle), { status: 201 });
  };
  const publish = async (request: Request) => {
    const slugs = z.array(z.looseObject({ slug: z.string() })).parse(await request.json());
    for (const { slug } of slugs) {
      const bundle = bundles.get(slug);
      if (bundle) functions.set(slug, bundle);
    }
    return Response.json({ functions: list(functions) });
  };
  const changeSecrets = async (request: Request) => {
    const body = await request.json();
    if (request.method === "DELETE") {
      z.array(z.string()).parse(body).forEach((name) => secrets.delete(name));
      return Response.json({});
    }
    for (const { name, value } of secretsSchema.parse(body)) secrets.set(name, value);
    return new Response(null, { status: 201 });
  };

  const handler = async (request: Request): Promise<Response> => {
    if (request.headers.get("authorization") !== `Bearer ${token}`) {
      return Response.json({ message: "Unauthorized" }, { status: 401 });
    }
    const url = new URL(request.url);
    const path = url.pathname.replace(`/v1/projects/${ref}`, "");
    if (request.method === "GET") {
      if (path === "") return Response.json(project(ref));
      if (path === "/functions") return Response.json(list(functions));
      if (path === "/secrets") return Response.json(listSecrets(secrets));
      return Response.json({ message: "Not Found" }, { status: 404 });
    }
    const change = `${request.method} ${path}${url.search}`;
    const failure = failures.findIndex((pattern) => pattern.test(change));
    if (failure >= 0) {
      failures.splice(failure, 1);
      await request.body?.cancel();
      return Response.json({ message: "Refused" }, { status: 400 });
    }
    changes.push(change);
    if (path === "/functions/deploy") return await upload(request, url);
    if (path === "/functions") return await publish(request);
    if (path === "/secrets") return await changeSecrets(request);
    return Response.json({ message: "Not Found" }, { status: 404 });
  };
  return {
    handler,
    functions,
    secrets,
    changes,
    failNext: (pattern) => void failures.push(pattern),
  };
}

async function readBundle(form: FormData): Promise<Deployed> {
  const files = new Map<string, string>();
  for (const file of form.getAll("file")) {
    if (file instanceof File) files.set(file.name, await file.text());
  }
  const metadata = form.get("metadata");
  const text = metadata instanceof File ? await metadata.text() : metadata;
  const parsed = metadataSchema.parse(JSON.parse(text ?? "null"));
  return {
    files,
    entrypoint: parsed.entrypoint_path,
    importMap: parsed.import_map_path,
    verifyJwt: parsed.verify_jwt,
    version: 0,
  };
}

const list = (functions: Map<string, Deployed>) =>
  [...functions].map(([slug, deployed]) => describe(slug, deployed));

function describe(slug: string, { version, verifyJwt, entrypoint }: Deployed) {
  const times = { created_at: 1_700_000_000_000, updated_at: 1_700_000_000_000 };
  return {
    id: createHash("sha256").update(slug).digest("hex").slice(0, 32),
    slug,
    name: slug,
    status: "ACTIVE",
    version,
    verify_jwt: verifyJwt,
    import_map: true,
    entrypoint_path: entrypoint,
    ...times,
  };
}

const listSecrets = (secrets: Map<string, string>) =>
  [...secrets].map(([name, value]) => ({
    name,
    value: createHash("sha256").update(value).digest("hex"),
    updated_at: "2026-01-01T00:00:00Z",
  }));

const project = (ref: string) => ({
  id: ref,
  ref,
  organization_id: "clinics",
  organization_slug: "clinics",
  name: "clinics",
  region: "us-east-1",
  created_at: "2026-01-01T00:00:00Z",
  status: "ACTIVE_HEALTHY",
  database: {
    host: "db.example.invalid",
    version: "17.4",
    postgres_engine: "17",
    release_channel: "ga",
  },
});

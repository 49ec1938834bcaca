import { isJsonObject, type JsonObject, type JsonValue } from '@meltano/foundation/json';
import {
  type AuthContext,
  type Authenticator,
  type RenewableAuthenticator,
  withHeaders,
} from '../http/auth/authenticator.ts';
import { originOf, requestSignIn } from '../http/auth/request-sign-in.ts';
import type { HttpRequest, RequestParams } from '../http/http-message.ts';
import { firstOf } from '../http/json-path.ts';
import { type Compiling, requiredText, settled, settledTexts } from './compiling.ts';
import { manifestError } from './errors.ts';
import type { AuthManifest } from './manifest.ts';

/** A token that a request of its own gives. States: no token; a token with an end; a request under way, which all share. */
export function sessionAuth(
  auth: AuthManifest,
  label: string,
  compiling: Compiling,
  innerAuth: (auth: AuthManifest) => Authenticator | undefined,
): RenewableAuthenticator {
  const login = auth['request'] as JsonObject;
  const url = requiredText(login['url'], `${label}.request.url`, compiling);
  const request = loginRequest(login, url, label, compiling);
  const signer = login['auth'] === undefined ? undefined : innerAuth(login['auth'] as AuthManifest);
  const lifetime = Number(auth['lifetime'] ?? Number.POSITIVE_INFINITY) * 1_000;
  let token: { readonly text: string; readonly endsAt: number } | undefined;
  let renewal: Promise<void> | undefined;

  const renew = async (context: AuthContext) => {
    const apply = typeof signer === 'function' ? signer : signer?.apply.bind(signer);
    const signed = apply === undefined ? request : await apply(request, context);
    const answer = await send(signed, label, context);
    const found = firstOf(String(auth['from']), answer);
    if ((typeof found !== 'string' && typeof found !== 'number') || found === '') throw noToken(label, url);
    compiling.hide(String(found));
    token = { text: String(found), endsAt: context.clock.now() + lifetime };
  };
  const refresh = (context: AuthContext) => {
    renewal ??= renew(context).finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  return {
    async apply(given, context) {
      if (token === undefined || token.endsAt <= context.clock.now()) await refresh(context);
      return withToken(given, token?.text ?? '', auth);
    },
    refresh,
  };
}

function withToken(request: HttpRequest, token: string, { header, param }: AuthManifest): HttpRequest {
  if (typeof header === 'string') return withHeaders(request, { [header]: token });
  if (typeof param === 'string') return { ...request, params: { ...request.params, [param]: token } };
  return withHeaders(request, { authorization: `Bearer ${token}` });
}

function loginRequest(login: JsonObject, url: string, label: string, compiling: Compiling): HttpRequest {
  const given = (name: string) => settled(login[name] ?? {}, `${label}.request.${name}`, compiling);
  const { json } = login;
  const form = login['form'] as JsonObject | undefined;
  for (const value of secretTexts([given('json'), given('form'), given('params')])) compiling.hide(value);
  return {
    method: String(login['method'] ?? 'POST'),
    url,
    label: url,
    params: given('params') as RequestParams,
    headers: settledTexts(login['headers'] as JsonObject | undefined, `${label}.request.headers`, compiling),
    ...(json === undefined ? {} : { json: given('json') }),
    ...(form === undefined ? {} : { form: settledTexts(form, `${label}.request.form`, compiling) }),
  };
}

/** What stands under names of credentials. */
function secretTexts(values: readonly JsonValue[]): readonly string[] {
  return values.flatMap((value) =>
    isJsonObject(value)
      ? Object.entries(value).flatMap(([name, each]) =>
          typeof each === 'string' && /pass|secret|token|key|pwd/i.test(name) ? [each] : [],
        )
      : [],
  );
}

async function send(request: HttpRequest, label: string, context: AuthContext): Promise<JsonValue> {
  const headers = { accept: 'application/json', ...request.headers };
  const { status, body } = await requestSignIn({ ...request, headers }, `The login of ${label}`, context);
  if (status >= 300) throw noToken(label, request.url, `HTTP ${status}`, hintFor(status));
  if (body === undefined) throw noToken(label, request.url, 'the answer is not JSON', addressHint);
  return body;
}

const addressHint = 'check the address and the method of the login in the manifest';

function hintFor(status: number): string | undefined {
  return status < 400 || status === 404 || status === 405 ? addressHint : undefined;
}

function noToken(label: string, url: string, reason?: string, hint?: string) {
  return manifestError('no_token', {
    message: `${originOf(url)} gives no token for ${label}${reason === undefined ? '' : `: ${reason}`}`,
    hint: hint ?? 'check the credentials in the settings, and "from" in the manifest',
  });
}

import { diagnose } from '@meltano/engine/diagnose/diagnose';
import { diagnoseMachine } from '@meltano/engine/diagnose/diagnose-machine';
import { brokenBy, type Finding } from '@meltano/engine/diagnose/finding';
import { userFolders } from '@meltano/engine/system/user-folders';
import { createRedactor } from '@meltano/foundation/redact';
import { wantsColour, widthOf } from '../globals.ts';
import type { Host } from '../host.ts';
import { renderFindings } from '../render/findings.ts';
import { createGlyphs, createStyle } from '../render/style.ts';
import type { Session } from '../session.ts';
import { version } from '../version.ts';

interface DoctorOptions {
  readonly format: string;
  readonly databaseUri?: string;
}

/** `meltano doctor`. Exit code 1 when something is broken; advice alone is none. */
export async function examineProject(host: Host, options: DoctorOptions): Promise<void> {
  const opened = await tryOpen(host, options);
  const findings = 'session' in opened ? await diagnose(opened.session.engine, version) : opened.findings;
  const redactor = 'session' in opened ? opened.session.redactor : createRedactor();
  host.writeOut(`${redactor.apply(render(host, findings, options.format))}\n`);
  if (findings.some((finding) => finding.verdict === 'broken')) host.exitCode = 1;
}

/** Without a project that can be read there is still something to say. */
async function tryOpen(
  host: Host,
  options: DoctorOptions,
): Promise<{ readonly session: Session } | { readonly findings: readonly Finding[] }> {
  try {
    return { session: await host.open({ command: 'doctor', environment: 'default', ...options }) };
  } catch (error) {
    const { env } = host.terminal;
    const machine = await diagnoseMachine({
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value ?? ''])),
      cacheFolder: userFolders(env).cache,
      version,
      needsPython: false,
    });
    return { findings: [...machine, brokenBy('Project', error)] };
  }
}

function render({ terminal }: Host, findings: readonly Finding[], format: string): string {
  if (format === 'json') {
    const broken = findings.filter((finding) => finding.verdict === 'broken').length;
    const advice = findings.filter((finding) => finding.verdict === 'advice').length;
    return JSON.stringify({ ok: broken === 0, broken, advice, findings }, null, 2);
  }
  const style = createStyle(wantsColour(terminal.stdout, terminal.env));
  const lines = renderFindings(findings, style, createGlyphs(terminal.env), widthOf(terminal.stdout));
  return lines.join('\n');
}

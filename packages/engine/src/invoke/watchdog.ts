import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A tiny process outside of Node that ends the engine's children when the engine is gone, whatever ended it
 * (SIGKILL included). It reads a pipe whose other end only the engine holds; the end of that pipe is the
 * end of the engine. Then all processes and groups still on its list are killed and the scratch files removed.
 *
 * Where there is no `sh` (Windows) it does nothing.
 */
export interface Watchdog {
  watchGroup(pid: number): void;
  forgetGroup(pid: number): void;
  /** A process that has no group of its own. Another one that got its number later is never killed. */
  watchProcess(pid: number): void;
  forgetProcess(pid: number): void;
  /** A file or folder to remove when the engine is gone; absolute. */
  watchPath(path: string): void;
  forgetPath(path: string): void;
  /** Ends it; what it still watches is killed. */
  close(): Promise<void>;
}

// Groups (`12`), processes (`=12`, kept as `=12 <start time>`) and paths are kept as lines; `-` removes a line.
const program = `
trap '' HUP INT TERM QUIT
list=
newline='
'
drop() {
  kept=
  IFS=$newline
  for each in $list; do
    case $each in
      "$1" | "$1 "*) ;;
      *) kept="$kept$each$newline" ;;
    esac
  done
  unset IFS
  list=$kept
}
started() {
  if [ -r "/proc/$1/stat" ]; then
    stat=$(cat "/proc/$1/stat" 2>/dev/null)
    set -- \${stat##*) }
    echo "\${20}"
  else
    LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null
  fi
}
while IFS= read -r order; do
  case $order in
    +=*) pid=\${order#+=}; list="$list=$pid $(started "$pid")$newline" ;;
    +*) list="$list\${order#+}$newline" ;;
    -*) drop "\${order#-}" ;;
  esac
done
IFS=$newline
for each in $list; do
  case $each in
    /*) ;;
    =*)
      pid=\${each#=}
      pid=\${pid%% *}
      unset IFS
      [ "$each" = "=$pid $(started "$pid")" ] && kill -s KILL -- "$pid" 2>/dev/null
      IFS=$newline
      ;;
    *) kill -s KILL -- "-$each" 2>/dev/null ;;
  esac
done
for each in $list; do
  case $each in
    /*) rm -rf -- "$each" ;;
  esac
done
`;

export function openWatchdog(): Watchdog {
  if (process.platform === 'win32') return { ...nothing };
  // A session of its own: signals for the engine's group, such as Ctrl-C, must not reach it.
  const child = spawn('/bin/sh', ['-c', program], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: '/usr/bin:/bin' },
  });
  // A watchdog that could not start or died early protects nothing, and harms nothing.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  (child.stdin as unknown as { unref?(): void }).unref?.();
  const say = (order: string) => {
    // One small write to an empty pipe goes out at once, before this function returns.
    child.stdin.write(`${order}\n`);
  };
  return {
    watchGroup: (pid) => say(`+${pid}`),
    forgetGroup: (pid) => say(`-${pid}`),
    watchProcess: (pid) => say(`+=${pid}`),
    forgetProcess: (pid) => say(`-=${pid}`),
    watchPath: (path) => say(`+${path}`),
    forgetPath: (path) => say(`-${path}`),
    close: () => end(child),
  };
}

function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined)
    return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.ref();
    child.stdin?.end();
  });
}

const nothing: Watchdog = {
  watchGroup() {},
  forgetGroup() {},
  watchProcess() {},
  forgetProcess() {},
  watchPath() {},
  forgetPath() {},
  close: async () => {},
};

export const completionShells = ['bash', 'zsh', 'fish'] as const;
export type CompletionShell = (typeof completionShells)[number];

/** What a shell reads once; from then on it asks the program, with the words typed so far in variables. */
export function completionScript(shell: CompletionShell): string {
  return { bash, zsh, fish }[shell];
}

/** `nosort` is not known to the Bash of macOS. */
const bash = `_meltano_complete() {
  local IFS=$'\\n' line
  COMPREPLY=()
  while read -r line; do
    case $line in
      plain,*) COMPREPLY+=("\${line#plain,}") ;;
      dir,*) compopt -o dirnames 2>/dev/null ;;
      file,*) compopt -o default 2>/dev/null ;;
    esac
  done < <(env COMP_WORDS="\${COMP_WORDS[*]}" COMP_CWORD="$COMP_CWORD" _MELTANO_COMPLETE=bash_complete "$1" 2>/dev/null)
}

complete -o nosort -F _meltano_complete meltano 2>/dev/null || complete -F _meltano_complete meltano
`;

const zsh = `#compdef meltano

_meltano() {
  local kind value text
  local -a bare described
  while IFS= read -r kind && IFS= read -r value && IFS= read -r text; do
    case $kind in
      plain) if [[ $text == _ ]]; then bare+=("$value"); else described+=("$value:$text"); fi ;;
      dir) _path_files -/ ;;
      file) _path_files ;;
    esac
  done < <(env COMP_WORDS="\${words[*]}" COMP_CWORD=$((CURRENT - 1)) _MELTANO_COMPLETE=zsh_complete \${words[1]} 2>/dev/null)
  (( $#described )) && _describe -V meltano described
  (( $#bare )) && compadd -V meltano-names -a bare
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
  _meltano "$@"
else
  compdef _meltano meltano
fi
`;

const fish = `function _meltano_complete
    for line in (env _MELTANO_COMPLETE=fish_complete COMP_WORDS=(commandline -cp) COMP_CWORD=(commandline -t) meltano 2>/dev/null)
        set -l parts (string split -m 1 , -- $line)
        switch $parts[1]
            case plain
                echo $parts[2]
            case dir
                __fish_complete_directories $parts[2]
            case file
                __fish_complete_path $parts[2]
        end
    end
end

complete --no-files --command meltano --arguments '(_meltano_complete)'
`;

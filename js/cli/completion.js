// `acg2vec completion <shell>`: prints a script with which a shell completes commands and options. They are taken from the texts of --help.
import { HELP } from './help.js';
import { parse, UsageError } from './usage.js';

/** @type {Record<string, () => string>} */
const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript };

/** The options in the text of --help. */
const commands = () => Object.keys(HELP).filter((name) => name !== 'acg2vec');

/** @param {string} command */
function optionsOf(command) {
    const named = [...HELP[command].matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
    return [...new Set([...named, '--help'])].sort();
}

/**
 * @param {string[]} args
 * @returns {Promise<number>} exit status
 */
export async function completion(args) {
    const { positionals } = parse(args, {});
    const [shell, ...more] = positionals;
    if (more.length > 0 || SCRIPTS[shell] === undefined) {
        throw new UsageError(`Expected one of ${Object.keys(SCRIPTS).join(', ')} for the shell but received '${positionals.join(' ')}'`);
    }
    process.stdout.write(SCRIPTS[shell]());
    return 0;
}

function bashScript() {
    const cases = commands().map((name) => `        ${name}) words="${optionsOf(name).join(' ')}" ;;`);
    return `_acg2vec() {
    local words word="\${COMP_WORDS[COMP_CWORD]}"
    case "\${COMP_WORDS[1]}" in
${cases.join('\n')}
        *) words="${commands().join(' ')} --help --version" ;;
    esac
    COMPREPLY=()
    if [ "$COMP_CWORD" -eq 1 ] || [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "$words" -- "$word")); fi
}
complete -o default -F _acg2vec acg2vec
`;
}

/** Zsh runs bash's script. */
function zshScript() {
    return `autoload -U +X compinit && compinit -u\nautoload -U +X bashcompinit && bashcompinit\n${bashScript()}`;
}

function fishScript() {
    const first = `complete -c acg2vec -n __fish_use_subcommand -a '${commands().join(' ')}'`;
    const options = commands().flatMap((name) =>
        optionsOf(name).map((option) => `complete -c acg2vec -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
    );
    return [first, ...options, ''].join('\n');
}

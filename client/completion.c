/* In: the tables of verbs and options. Out: a script with which a shell completes them;
 * one writer for each shell, and no name of a verb or option in any of them. */

#include <stdio.h>
#include <string.h>

#include "base/presets.h"
#include "verbs.h"

static const char shells[] = "bash zsh fish";

static void add_verbs(FILE *out)
{
    for (size_t i = 0; verbs[i] != NULL; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", verbs[i]->name);
}

static void add_presets(FILE *out)
{
    for (size_t i = 0; i < presets_count; i++)
        fprintf(out, "%s%s", i > 0 ? " " : "", presets[i].name);
}

/* Whether there is something to write for a value that is called so in the help. */
static bool add_values(const char *metavar, FILE *out)
{
    if (strstr(metavar, "VERB") != NULL)
        add_verbs(out);
    else if (strstr(metavar, "PRESET") != NULL)
        add_presets(out);
    else if (strcmp(metavar, "ROLE") == 0)
        fprintf(out, "reader user admin worker");
    else
        return false;
    return true;
}

static bool is_file(const char *metavar)
{
    return strstr(metavar, "FILE") != NULL;
}

/* Text inside single quotes, without the characters that mean something there. */
static void add_quoted(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        if (*text == '\'')
            fprintf(out, "'\\''");
        else if (strchr("[]:\\", *text) == NULL)
            fputc(*text, out);
        else
            fputc(' ', out);
}

/* The words that can follow the verb; whether there are any. */
static bool add_words(const struct verb *verb, FILE *out)
{
    if (verb->choices == NULL)
        return add_values(verb->words, out);
    fprintf(out, "%s", verb->choices);
    return true;
}

static void bash_options(const struct opt *options, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        if (options[i].letter != 0)
            fprintf(out, " -%c", options[i].letter);
        fprintf(out, " --%s", options[i].name);
    }
}

/* What follows an option with a value. */
static void bash_values(const struct opt *options, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct opt *o = &options[i];
        if (o->metavar == NULL)
            continue;
        fprintf(out, "            --%s", o->name);
        if (o->letter != 0)
            fprintf(out, "|-%c", o->letter);
        fprintf(out, ") ");
        if (is_file(o->metavar)) {
            fprintf(out, "files=1");
        } else {
            fprintf(out, "words='");
            add_values(o->metavar, out);
            fprintf(out, "'");
        }
        fprintf(out, "; return ;;\n");
    }
}

static void bash_verb(const struct verb *verb, FILE *out)
{
    fprintf(out, "    %s)\n        case $previous in\n", verb->name);
    bash_values(verb->options, verb->rows, out);
    fprintf(out, "        esac\n        options='");
    bash_options(verb->options, verb->rows, out);
    fprintf(out, "'\n        words='");
    add_words(verb, out);
    fprintf(out, "'%s\n        ;;\n", is_file(verb->words) ? "; files=1" : "");
}

static void write_bash(FILE *out)
{
    fprintf(out, "# bash completion for frugal, printed by frugal completion bash\n"
                 "_frugal_words()\n{\n"
                 "    case $previous in\n");
    bash_values(verbs_options, verbs_options_rows, out);
    fprintf(out, "    esac\n    case $verb in\n    '') words='");
    add_verbs(out);
    fprintf(out, "' ;;\n");
    for (size_t i = 0; verbs[i] != NULL; i++)
        bash_verb(verbs[i], out);
    fprintf(out, "    esac\n    options+='");
    bash_options(verbs_options, verbs_options_rows, out);
    fprintf(out, "'\n}\n\n"
                 "_frugal()\n{\n"
                 "    local current=${COMP_WORDS[COMP_CWORD]} "
                 "previous=${COMP_WORDS[COMP_CWORD-1]}\n"
                 "    local verb= options= words= files= i\n"
                 "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                 "        case ${COMP_WORDS[i]} in\n"
                 "        -*) ;;\n"
                 "        *)\n"
                 "            case ${COMP_WORDS[i-1]} in");
    for (size_t i = 0; i < verbs_options_rows; i++)
        if (verbs_options[i].metavar != NULL)
            fprintf(out, " --%s) continue ;;", verbs_options[i].name);
    fprintf(
        out,
        " esac\n"
        "            verb=${COMP_WORDS[i]}\n"
        "            break ;;\n"
        "        esac\n"
        "    done\n"
        "    _frugal_words\n"
        "    case $current in\n"
        "    -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$current\") ;;\n"
        "    *)\n"
        "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"\n"
        "            [ -z \"$files\" ] || compgen -f -- \"$current\") ;;\n"
        "    esac\n}\n\n"
        "complete -o filenames -F _frugal frugal\n");
}

/* "'(-q --quiet)'{-q,--quiet}'[help]:METAVAR:(words)'" for _arguments. */
static void zsh_options(const struct opt *options, size_t n, FILE *out)
{
    for (size_t i = 0; i < n; i++) {
        const struct opt *o = &options[i];
        bool again = o->kind == OPT_WORDS;
        fprintf(out, "            ");
        if (o->letter != 0 && !again)
            fprintf(out, "'(-%c --%s)'", o->letter, o->name);
        if (o->letter != 0)
            fprintf(out, "%s{-%c,--%s}'[", again ? "'*'" : "", o->letter, o->name);
        else
            fprintf(out, "'%s--%s[", again ? "*" : "", o->name);
        add_quoted(o->help, out);
        fprintf(out, "]");
        if (o->metavar != NULL && is_file(o->metavar)) {
            fprintf(out, ":FILE:_files");
        } else if (o->metavar != NULL) {
            fprintf(out, ":");
            add_quoted(o->metavar, out);
            fprintf(out, ":(");
            add_values(o->metavar, out);
            fprintf(out, ")");
        }
        fprintf(out, "' \\\n");
    }
}

static void zsh_verb(const struct verb *verb, FILE *out)
{
    fprintf(out, "    %s)\n        _arguments -s \\\n", verb->name);
    zsh_options(verb->options, verb->rows, out);
    zsh_options(verbs_options, verbs_options_rows, out);
    fprintf(out, "            '*:word:");
    if (is_file(verb->words) && verb->choices == NULL) {
        fprintf(out, "_files");
    } else {
        fprintf(out, "(");
        add_words(verb, out);
        fprintf(out, ")");
    }
    fprintf(out, "'\n        ;;\n");
}

static void write_zsh(FILE *out)
{
    fprintf(out, "#compdef frugal\n# printed by frugal completion zsh\n"
                 "_frugal()\n{\n"
                 "    local context state state_descr line\n"
                 "    typeset -A opt_args\n"
                 "    _arguments -C \\\n");
    zsh_options(verbs_options, verbs_options_rows, out);
    fprintf(out, "            '1:verb:->verb' '*::word:->word'\n"
                 "    case $state in\n    verb)\n"
                 "        local -a verbs=(\n");
    for (size_t i = 0; verbs[i] != NULL; i++) {
        fprintf(out, "            '%s:", verbs[i]->name);
        add_quoted(verbs[i]->summary, out);
        fprintf(out, "'\n");
    }
    fprintf(out, "        )\n        _describe verb verbs\n        return\n        ;;\n"
                 "    esac\n    case $line[1] in\n");
    for (size_t i = 0; verbs[i] != NULL; i++)
        zsh_verb(verbs[i], out);
    fprintf(out, "    esac\n}\n\n"
                 "if [ \"$funcstack[1]\" = _frugal ]; then\n    _frugal \"$@\"\n"
                 "else\n    compdef _frugal frugal\nfi\n");
}

/* Inside single quotes fish knows \\ and \'. */
static void add_fish_quoted(const char *text, FILE *out)
{
    for (; *text != '\0'; text++)
        fprintf(out, strchr("'\\", *text) != NULL ? "\\%c" : "%c", *text);
}

static void fish_option(const struct opt *o, const char *verb, FILE *out)
{
    fprintf(out, "complete -c frugal");
    if (verb != NULL)
        fprintf(out, " -n '__fish_seen_subcommand_from %s'", verb);
    fprintf(out, " -l %s", o->name);
    if (o->letter != 0)
        fprintf(out, " -s %c", o->letter);
    if (o->metavar != NULL && is_file(o->metavar)) {
        fprintf(out, " -r -F");
    } else if (o->metavar != NULL) {
        fprintf(out, " -x -a '");
        add_values(o->metavar, out);
        fprintf(out, "'");
    }
    fprintf(out, " -d '");
    add_fish_quoted(o->help, out);
    fprintf(out, "'\n");
}

static void fish_verb(const struct verb *verb, FILE *out)
{
    fprintf(out, "complete -c frugal -n __fish_use_subcommand -a %s -d '", verb->name);
    add_fish_quoted(verb->summary, out);
    fprintf(out, "'\ncomplete -c frugal -n '__fish_seen_subcommand_from %s' -a '",
            verb->name);
    add_words(verb, out);
    fprintf(out, "'%s\n", is_file(verb->words) ? " -F" : "");
    for (size_t i = 0; i < verb->rows; i++)
        fish_option(&verb->options[i], verb->name, out);
}

static void write_fish(FILE *out)
{
    fprintf(out, "# fish completion for frugal, printed by frugal completion fish\n"
                 "complete -c frugal -f\n");
    for (size_t i = 0; i < verbs_options_rows; i++)
        fish_option(&verbs_options[i], NULL, out);
    for (size_t i = 0; verbs[i] != NULL; i++)
        fish_verb(verbs[i], out);
}

static enum ending run(const struct options *given, const struct opts_words *words,
                       struct http *http)
{
    (void)given, (void)http;
    const char *shell = words->word[0];
    if (strcmp(shell, "bash") == 0)
        write_bash(stdout);
    else if (strcmp(shell, "zsh") == 0)
        write_zsh(stdout);
    else if (strcmp(shell, "fish") == 0)
        write_fish(stdout);
    else
        return verbs_refuse(&verb_completion, shell, "bash, zsh or fish");
    return ENDING_OK;
}

const struct verb verb_completion = {
    .name = "completion",
    .words = "bash|zsh|fish",
    .choices = shells,
    .summary = "Prints what a shell needs to complete verbs and options",
    .more = "bash: eval \"$(frugal completion bash)\" in ~/.bashrc\n"
            "zsh:  eval \"$(frugal completion zsh)\" in ~/.zshrc, behind compinit\n"
            "fish: frugal completion fish | source in ~/.config/fish/config.fish\n"
            "What make install and the Debian package put in place needs none of this.\n",
    .words_min = 1,
    .words_max = 1,
    .without_token = true,
    .run = run,
};

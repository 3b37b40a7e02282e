# Completion of goxel-cli for bash: the program itself says how a word may go on.
_goxel_cli() {
    local candidate
    COMPREPLY=()
    while IFS=$'\t' read -r candidate _; do
        COMPREPLY+=("$(printf '%q' "$candidate")")
    done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _goxel_cli goxel-cli

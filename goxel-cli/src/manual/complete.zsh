#compdef goxel-cli
# Completion of goxel-cli for zsh: the program itself says how a word may go on.
_goxel-cli() {
    local -a found
    local line
    for line in "${(@f)$("${words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2>/dev/null)}"; do
        [[ -n $line ]] && found+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    done
    if (( $#found )); then
        _describe goxel-cli found
    else
        _files
    fi
}
if [[ $funcstack[1] == _goxel-cli ]]; then
    _goxel-cli "$@"
else
    compdef _goxel-cli goxel-cli
fi

# Completion of goxel-cli for fish: the program itself says how a word may go on.
function __goxel_cli_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found ($words[1] complete -- $words[2..-1] 2>/dev/null)
    if set -q found[1]
        printf '%s\n' $found
    else
        __fish_complete_path (commandline -ct)
    end
end
complete -c goxel-cli -f -a '(__goxel_cli_complete)'

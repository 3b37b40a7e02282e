#!/bin/sh
# The Inspector's command line against goxel-mcp: lists, calls, reads.
#
#     inspector.sh INSPECTOR stdio PROGRAM       told where by GOXEL_SOCKET and GOXEL_WORKSPACE
#     inspector.sh INSPECTOR http URL TOKEN
set -eu

inspector=$1
kind=$2
shift 2

ask() {
    if [ "$kind" = stdio ]; then
        "$inspector" --cli -e "GOXEL_SOCKET=$GOXEL_SOCKET" -e "GOXEL_WORKSPACE=$GOXEL_WORKSPACE" \
            "$program" --protocol-era "$era" "$@"
    else
        "$inspector" --cli "$url" --transport http --header "Authorization: Bearer $token" \
            --protocol-era "$era" "$@"
    fi
}

# What it prints has to have these words.
says() {
    words=$1
    shift
    found=$(ask "$@" 2>&1)
    case $found in
    *"$words"*) ;;
    *)
        echo "inspector $*: no $words in $found" >&2
        exit 1
        ;;
    esac
}

if [ "$kind" = stdio ]; then
    # The Inspector takes no flags for the program beside its own.
    program=$1
else
    url=$1
    token=$2
fi

for era in legacy modern; do
    says '"list_projects"' --method tools/list --strict
    says '"project_id"' --method tools/call --tool-name open_project \
        --tool-arg "name=inspector-$kind-$era"
    says 'project_id' --method resources/read --uri goxel://projects
done
says 'goxel://projects' --method resources/list
says '{project_id}' --method resources/templates/list
says '"repair"' --method prompts/list
echo "inspector $kind: both eras, listed, called, read"

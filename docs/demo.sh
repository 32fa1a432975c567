#!/bin/sh
# Shows what dani does, in a copy of the sample company; nothing of yours is touched.
set -eu
home=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
unset DANI_CONFIG DANI_ENV DANI_DATABASE DANI_TIME_ZONE
cp -R "$home/playbooks" "$home/dani.yaml" "$folder"
cd "$folder"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
run() {
    printf '\033[2m$ %s\033[0m\n' "$*"
    "$@"
}
run_and_show_end() {
    lines=$1
    shift
    printf '\033[2m$ %s\033[0m\n' "$*"
    "$@" >"$folder/output.txt"
    tail -n "$lines" "$folder/output.txt"
}

say "Nordwind has about 130 people, departments, groups, jobs and settings in playbooks. Are the files in order?"
run dani validate

say "The HR system is still empty. What would be done? (The end of a long plan:)"
run_and_show_end 15 dani plan

say "Do it: one transaction, everything or nothing."
run_and_show_end 4 dani apply --approve

say "Once more: the HR system is as the playbooks say, so there is nothing to do."
run dani plan

say "Now Đorđe Petrović gets another job title. One line of a playbook changes ..."
file=playbooks/people/engineering.yaml
cp "$file" "$folder/before.yaml"
sed '/^  dorde\.petrovic:/,/job_title:/ s/job_title: .*/job_title: Senior Site Reliability Engineer/' \
    "$folder/before.yaml" >"$file"
diff "$folder/before.yaml" "$file" || true

say "... and so does one field of one person. This is what goes into a review:"
run dani plan

say "Apply it."
run_and_show_end 4 dani apply --approve
last=$(sed -n 's/^To take it back: dani rollback //p' "$folder/output.txt")

say "It was a mistake? Take the run back. That is a plan too, and a run of its own."
run dani rollback "$last" --approve

say "What has been done, newest first:"
run dani runs

say "That was all, in $folder, which goes away now. Your own company begins with: dani init my-company"

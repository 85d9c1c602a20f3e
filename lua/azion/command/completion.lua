--- `lazion completion SHELL`: a few lines for the shell, which ask lazion itself what may stand in a word's place.
local candidates = require "azion.command.candidates"
local status = require "azion.command.status"

local completion = {}

local scripts = {}

-- Bash takes the part of a word after = for a word of its own. What ends in = or . goes on without a blank.
scripts.bash = [==[
_lazion() {
  local line word prefix
  local -a words
  line=${COMP_LINE:0:COMP_POINT}
  read -ra words <<<"$line"
  case $line in *' ') words+=('') ;; esac
  word=${words[${#words[@]}-1]}
  prefix=
  case $COMP_WORDBREAKS in *=*) case $word in *=*) prefix=${word%"${word##*=}"} ;; esac ;; esac
  COMPREPLY=()
  while IFS=$'\t' read -r line _; do
    if [ "$line" = :file ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$word")
      return
    fi
    COMPREPLY+=("${line#"$prefix"}")
  done < <(command lazion --complete "${words[@]:1}" 2>/dev/null)
  case ${COMPREPLY[0]-} in *=|*.) compopt -o nospace 2>/dev/null ;; esac
}
complete -F _lazion lazion
]==]

-- Zsh may also load it on the first word to complete, from a file in a folder of its own.
scripts.zsh = [==[
#compdef lazion
_lazion() {
  local line
  local -a lines whole open
  lines=("${(@f)$(command lazion --complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ $lines[1] == :file ]]; then
    _files
    return
  fi
  for line in $lines; do
    line=${line%%$'\t'*}
    if [[ $line == *[=.] ]]; then open+=($line); else whole+=($line); fi
  done
  (( $#open )) && compadd -S '' -- $open
  (( $#whole )) && compadd -- $whole
}
if [[ ${funcstack[1]-} == _lazion ]]; then _lazion; else compdef _lazion lazion; fi
]==]

scripts.fish = [==[
function __lazion_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l lines (command lazion --complete $words[2..-1] 2>/dev/null)
  if test "$lines[1]" = :file
    __fish_complete_path (commandline -ct)
    return
  end
  printf '%s\n' $lines
end
complete -c lazion -f -a '(__lazion_complete)'
]==]

function completion.run(session)
  status.written(io.stdout:write(scripts[session.arguments.shell]))
end

--- Answers a shell: a line for each candidate, or ":file".
---@param argv string[] "--complete" and the words
---@return integer status
function completion.answer(argv)
  local words = {}
  for position = 2, #argv do
    words[position - 1] = argv[position]
  end
  local found = candidates.of(words)
  if not found then
    io.stdout:write(":file\n")
  end
  for _, candidate in ipairs(found or {}) do
    io.stdout:write(candidate[1], candidate[2] and "\t" .. candidate[2] or "", "\n")
  end
  return 0
end

return completion

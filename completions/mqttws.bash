# bash completion for mqttws. Generated from the option definitions; do not edit.
_mqttws() {
  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= i
  # bash takes = and @ for words of their own; it wants completions with the @ and without the =.
  if [[ $prev == = ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi
  if [[ $prev == @ ]]; then cur=@$cur; fi
  if [[ $cur == = ]]; then cur=; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      -*) ;;
      *) command=${COMP_WORDS[i]}; break ;;
    esac
  done
  if [[ -z $command ]]; then
    COMPREPLY=($(compgen -W "pub sub serve profile help help --help --version" -- "$cur"))
    return
  fi
  case $command in
    pub)
      case $prev in
        -t|--topic|-m|--message|--repeat|--repeat-delay|--content-type|--response-topic|--correlation-data|--message-expiry|--user-property|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -f|--file|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --message --file --stdin-file --stdin-line --null-message --qos --retain --repeat --repeat-delay --require-subscribers --content-type --response-topic --correlation-data --message-expiry --utf8-payload --user-property --property --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    sub)
      case $prev in
        -t|--topic|-U|--unsubscribe|--subscription-identifier|-T|--filter-out|-F|--template|-C|--count|-W|--wait|--ready-fd|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --retain-handling) COMPREPLY=($(compgen -W "always new never" -- "$cur")); return ;;
        --format) COMPREPLY=($(compgen -W "pretty payload json hex base64" -- "$cur")); return ;;
        --escape|--color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --ready-file|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --qos --unsubscribe --no-local --retain-as-published --retain-handling --subscription-identifier --require-all --filter-out --no-retained --retained-only --remove-retained --format --template --verbose --no-newline --escape --count --wait --exit-after-subscribe --ready-file --ready-fd --property --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    serve)
      case $prev in
        -p|--port|-A|--bind|--allow-origin|--allow-host|--ready-fd|--deny-publish|--deny-subscribe|--max-packet|--receive-maximum|--max-time) COMPREPLY=(); return ;;
        --cert|--key|--cafile|--ready-file|--password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --simulate) COMPREPLY=($(compgen -W "sensors" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--port --bind --cert --key --cafile --allow-origin --allow-host --ready-file --ready-fd --simulate --password-file --deny-publish --deny-subscribe --max-packet --receive-maximum --max-time --json --quiet --help" -- "$cur"))
      fi ;;
    profile)
      case $prev in
        -L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        --password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--names --json --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "list show check path" -- "$cur"))
      fi ;;
    help)
      case $prev in
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "exit-codes formats profiles" -- "$cur"))
      fi ;;
    help) COMPREPLY=($(compgen -W "pub sub serve profile help" -- "$cur")) ;;
  esac
}
complete -o bashdefault -F _mqttws mqttws

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
    COMPREPLY=($(compgen -W "pub sub request watch doctor bench serve profile help help --help --version" -- "$cur"))
    return
  fi
  case $command in
    pub)
      case $prev in
        -t|--topic|-m|--message|--repeat|--repeat-delay|-M|--max-inflight|--remap|--content-type|--response-topic|--correlation-data|--message-expiry|--user-property|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -f|--file|--replay|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --speed) COMPREPLY=($(compgen -W "1x 10x max" -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --message --file --stdin-file --null-message --qos --stdin-line --placeholders --retain --repeat --repeat-delay --max-inflight --require-subscribers --replay --speed --remap --loop --content-type --response-topic --correlation-data --message-expiry --utf8-payload --user-property --property --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    sub)
      case $prev in
        -t|--topic|-U|--unsubscribe|--subscription-identifier|--filter|-T|--filter-out|-F|--template|--decode-command|-C|--count|-W|--wait|--ready-fd|--expect|--expect-none|--expect-count|--then|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --retain-handling) COMPREPLY=($(compgen -W "always new never" -- "$cur")); return ;;
        --format) COMPREPLY=($(compgen -W "pretty payload json hex base64" -- "$cur")); return ;;
        --timestamps) COMPREPLY=($(compgen -W "iso relative delta" -- "$cur")); return ;;
        --decode) COMPREPLY=($(compgen -W "auto none json cbor msgpack" -- "$cur")); return ;;
        --escape|--color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --record|--ready-file|--junit|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --qos --unsubscribe --no-local --retain-as-published --retain-handling --subscription-identifier --require-all --filter --filter-out --no-retained --retained-only --remove-retained --format --template --verbose --timestamps --no-newline --decode --escape --decode-command --record --count --wait --exit-after-subscribe --ready-file --ready-fd --expect --expect-none --expect-count --then --junit --property --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    request)
      case $prev in
        -t|--topic|-m|--message|-C|--count|-W|--timeout|-F|--template|--content-type|--response-topic|--correlation-data|--message-expiry|--user-property|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -f|--file|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --format) COMPREPLY=($(compgen -W "pretty payload json hex base64" -- "$cur")); return ;;
        --timestamps) COMPREPLY=($(compgen -W "iso relative delta" -- "$cur")); return ;;
        --decode) COMPREPLY=($(compgen -W "auto none json cbor msgpack" -- "$cur")); return ;;
        --escape|--color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --message --file --stdin-file --null-message --qos --placeholders --count --timeout --format --template --verbose --timestamps --no-newline --decode --escape --content-type --response-topic --correlation-data --message-expiry --utf8-payload --user-property --property --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    watch)
      case $prev in
        -t|--topic|--memory|--fps|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        -q|--qos) COMPREPLY=($(compgen -W "0 1 2" -- "$cur")); return ;;
        --record|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --overload) COMPREPLY=($(compgen -W "block drop" -- "$cur")); return ;;
        --theme) COMPREPLY=($(compgen -W "standard high-contrast" -- "$cur")); return ;;
        --palette) COMPREPLY=($(compgen -W "16 256" -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--topic --qos --read-only --record --memory --fps --overload --no-wire --plain --ascii --no-mouse --no-animation --theme --palette --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    doctor)
      case $prev in
        --echo-topic|--idle|--idle-limit|--timeout|--probes|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        --as) COMPREPLY=($(compgen -W "browser paho-js mqttjs" -- "$cur")); return ;;
        --snippet) COMPREPLY=($(compgen -W "mqttws paho-js mqttjs nginx" -- "$cur")); return ;;
        --bundle|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
        --color) COMPREPLY=($(compgen -W "auto always never" -- "$cur")); return ;;
        --profile) COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null; echo demo)" -- "$cur")); return ;;
        -V|--protocol-version) COMPREPLY=($(compgen -W "5 3.1.1" -- "$cur")); return ;;
        --capath) COMPREPLY=($(compgen -d -- "$cur")); return ;;
        --tls-version) COMPREPLY=($(compgen -W "1.2 1.3 1.2+" -- "$cur")); return ;;
        --address-family) COMPREPLY=($(compgen -W "any ipv4 ipv6" -- "$cur")); return ;;
        --retry) COMPREPLY=($(compgen -W "forever" -- "$cur")); return ;;
      esac
      if [[ $cur == -* ]]; then
        COMPREPLY=($(compgen -W "--no-echo --echo-topic --idle --idle-probe --idle-limit --timeout --probes --as --snippet --bundle --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -W "$(mqttws profile list --names 2>/dev/null | sed 's/^/@/'; echo @demo)" -- "$cur"))
      fi ;;
    bench)
      case $prev in
        --publishers|--subscribers|--both|--connections|--connect-rate|--rate|--in-flight|--duration|--messages|--warmup|--trim|--drain|-t|--topic|--topics|--size|-m|--message|--fail-if|--find-max|--interval|--rounds|--shard|--start-at|--content-type|--response-topic|--correlation-data|--message-expiry|--user-property|-D|--property|--max-time|-L|--url|-h|--host|-p|--port|--path|-u|--username|-P|--password|--pw|--password-env|--password-command|-i|--client-id|--id|-I|--client-id-prefix|--id-prefix|-k|--keep-alive|--keepalive|-x|--session-expiry|--session-expiry-interval|--receive-maximum|--topic-alias-maximum|--max-packet|--will-topic|--will-payload|--will-qos|--will-delay|--key-password|--key-password-env|--key-password-command|--server-name|--ciphers|--tls-ciphersuites|--tls-alpn|--header|--origin|--subprotocol|--proxy|-A|--bind-address|--connect-timeout) COMPREPLY=(); return ;;
        --preset) COMPREPLY=($(compgen -W "pairs fan-in fan-out shared echo" -- "$cur")); return ;;
        --routing) COMPREPLY=($(compgen -W "pairs all shared" -- "$cur")); return ;;
        --arrival) COMPREPLY=($(compgen -W "even poisson" -- "$cur")); return ;;
        -f|--file|--baseline|--hlog|--csv|--trace-json|--pcap|--password-file|--cafile|--cert|--key|--key-password-file) COMPREPLY=($(compgen -f -- "$cur")); return ;;
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
        COMPREPLY=($(compgen -W "--publishers --subscribers --both --connections --preset --routing --connect-rate --rate --arrival --in-flight --flat-out --duration --messages --warmup --trim --drain --topic --topics --size --message --file --placeholders --no-latency --qos --retain --fail-if --find-max --baseline --hlog --csv --interval --rounds --shard --start-at --content-type --response-topic --correlation-data --message-expiry --utf8-payload --user-property --property --debug --trace-json --pcap --include-secrets --force --max-time --json --quiet --color --url --profile --host --port --path --tls --username --password --password-file --password-env --password-command --client-id --client-id-prefix --protocol-version --keep-alive --keep-session --session-expiry --receive-maximum --topic-alias-maximum --max-packet --will-topic --will-payload --will-qos --will-retain --will-delay --cafile --capath --cert --key --key-password --key-password-file --key-password-env --key-password-command --insecure --server-name --tls-version --ciphers --tls-ciphersuites --tls-alpn --keylog --header --origin --subprotocol --allow-no-subprotocol --proxy --address-family --ipv4 --ipv6 --bind-address --connect-timeout --retry --no-reconnect --help" -- "$cur"))
      else
        COMPREPLY=($(compgen -f -- "$cur"))
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
        COMPREPLY=($(compgen -W "exit-codes filters formats profiles templates" -- "$cur"))
      fi ;;
    help) COMPREPLY=($(compgen -W "pub sub request watch doctor bench serve profile help" -- "$cur")) ;;
  esac
}
complete -o bashdefault -F _mqttws mqttws

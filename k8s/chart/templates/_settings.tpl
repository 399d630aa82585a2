{{/* The settings as variables of the program. Refused here and not by the schema, which could not say where they belong. */}}
{{- define "mainloop.settings" -}}
{{- $known := list
  "SLACK_API_URL" "DISCORD_API_URL" "TELEGRAM_API_URL" "GITHUB_APP_ID" "GITHUB_API_URL" "GITHUB_URL"
  "ANTHROPIC_BASE_URL" "CHAT_MODEL" "WORKER_MODEL" "PROJECTS" "OWNERS" "MAX_WORKERS" "TASK_BUDGET_USD"
  "TASK_DEADLINE_MINUTES" "CI_ROUNDS" "RECONCILE_SECONDS" "CI_GRACE_SECONDS" "ESCALATE_MINUTES"
  "PUBLIC_URL" "OIDC_ISSUER" "OIDC_CLIENT_ID" }}
{{- $elsewhere := dict
  "LOG_LEVEL" "logLevel" "EGRESS_HOSTS" "broker.egressHosts" "METRICS_LISTEN" "metrics.enabled"
  "KUBERNETES_WORKER_IMAGE" "worker.image" "KUBERNETES_RUNTIME_CLASS" "worker.runtimeClassName"
  "KUBERNETES_PROBES" "isolation.probes" "ALLOW_UNENFORCED_ISOLATION" "isolation.allowUnenforced" }}
{{- $refused := list }}
{{- range $name, $value := .Values.settings }}
{{- if has $name $known }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- else if hasKey $elsewhere $name }}
{{- $refused = append $refused (printf "settings.%s: set %s instead." $name (get $elsewhere $name)) }}
{{- else if regexMatch "TOKEN|KEY|SECRET|^DATABASE_URL$" $name }}
{{- $refused = append $refused (printf "settings.%s: belongs into the Secret %s." $name $.Values.secretName) }}
{{- else }}
{{- $refused = append $refused (printf "settings.%s: there is no such setting, or the chart sees to it." $name) }}
{{- end }}
{{- end }}
{{- if $refused }}
{{- fail (join "\n" $refused) }}
{{- end }}
{{- end }}

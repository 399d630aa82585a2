{{/* What the pods of the program and of the broker have in common. */}}
{{- define "mainloop.labels" -}}
app.kubernetes.io/name: mainloop
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "mainloop.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "mainloop.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* Takes the values of one workload. */}}
{{- define "mainloop.placement" -}}
{{- range $key, $value := pick . "nodeSelector" "tolerations" "affinity" }}
{{- with $value }}
{{ $key }}: {{ toJson . }}
{{- end }}
{{- end }}
{{- end }}

{{/* A variable with its value: [name, value]; none when the value is empty. */}}
{{- define "mainloop.variable" -}}
{{- if index . 1 }}
- { name: {{ index . 0 }}, value: {{ index . 1 | toString | quote }} }
{{- end }}
{{- end }}

{{- define "mainloop.database" -}}mainloop-db{{- end }}

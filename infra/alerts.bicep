// What somebody has to hear of. Queries read our metrics (storage/Telemetry/Instruments.cs): a row a minute for every instance, with the Sum
// and ItemCount of its measurements, where a gauge has its value as the Sum. They also read what the platform logs. A test looks for our
// names in the code.
param token string
param location string
param tags object
param email string
param workspaceId string
param insightsId string
param healthUrl string
param healthProbe bool
param modelMaximumAgeDays int

var rules = [
  {
    name: 'poison-messages'
    says: 'Messages failed too often and were put aside. Nothing is lost: GET /api/status counts them, the trainer command replay sends them again.'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppMetrics
| where Name == 'sasrec.queue.poison' and Sum > 0
'''
  }
  {
    name: 'retrain-failed-or-refused'
    says: 'A training run failed, or its model was refused. The old model serves. The job log and GET /api/models say why.'
    severity: 2
    every: 'PT30M'
    over: 'PT30M'
    query: '''
union isfuzzy=true
  (AppMetrics | where Name == 'sasrec.run.duration' and tostring(Properties['sasrec.run.outcome']) in ('Refused', 'Failed')),
  (ContainerAppSystemLogs | extend Said = column_ifexists('Log', ''), Why = column_ifexists('Reason', '')
    | where Why in ('BackoffLimitExceeded', 'DeadlineExceeded') or (Said has 'exit code' and Said !has "exit code '0'"))
'''
  }
  {
    name: 'stale-model'
    says: 'The model that serves is older than it may be: see why no newer one was published.'
    severity: 3
    every: 'P1D'
    over: 'P1D'
    query: replace('''
AppMetrics
| where Name == 'sasrec.model.age'
| summarize arg_max(TimeGenerated, Sum, ItemCount) by tostring(Properties['sasrec.space'])
| where Sum / ItemCount > DAYS * 86400
''', 'DAYS', string(modelMaximumAgeDays))
  }
  {
    name: 'worse-recipe'
    says: 'A retrain run trained a worse network than before, which newer data may hide: see the verdict of its model.'
    severity: 3
    every: 'P1D'
    over: 'P1D'
    query: '''
AppMetrics
| where Name == 'sasrec.gate.regressions' and Sum > 0
'''
  }
  {
    name: 'error-rate'
    says: 'More than one in twenty requests of a route were answered with a 5xx.'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppMetrics
| where Name == 'http.server.request.duration'
| extend Route = tostring(Properties['http.route']), Status = toint(Properties['http.response.status_code'])
| summarize Total = sum(ItemCount), Failed = sumif(ItemCount, Status >= 500) by Route
| where Failed >= 5 and Failed * 20 > Total
'''
  }
  {
    name: 'table-deleted'
    says: 'A table was deleted, and Azure restores none. infra/README.md, Restore, says what to do.'
    severity: 0
    every: 'PT15M'
    over: 'PT15M'
    query: '''
StorageTableLogs
| where OperationName == 'DeleteTable' and StatusCode startswith '2'
'''
  }
  {
    name: 'logs-capped'
    says: 'The workspace takes in no more logs today (LOG_DAILY_CAP_GB). The other alerts that read logs are blind until tomorrow.'
    severity: 2
    every: 'PT1H'
    over: 'PT1H'
    query: '''
_LogOperation
| where Category =~ 'Ingestion' and Detail has 'OverQuota'
'''
  }
  {
    name: 'freshness'
    says: 'Events wait for more than a minute before they are in the log: recommendations lag behind what users do.'
    severity: 2
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppMetrics
| where Name in ('sasrec.event.freshness', 'sasrec.queue.age')
| summarize Mean = sum(Sum) / sum(ItemCount) by Name
| where Mean > 60
'''
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${token}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'sasrec'
    enabled: true
    emailReceivers: empty(email) ? [] : [{ name: 'alerts', emailAddress: email, useCommonAlertSchema: true }]
  }
}

resource queries 'Microsoft.Insights/scheduledQueryRules@2026-03-01' = [for rule in rules: {
  name: '${rule.name}-${token}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.name
    description: rule.says
    severity: rule.severity
    enabled: true
    scopes: [workspaceId]
    evaluationFrequency: rule.every
    windowSize: rule.over
    autoMitigate: rule.every != 'P1D'
    // The tables of the workspace come into being with the first line of each.
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: rule.query
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

// Whether the API works: health answers 503 where it does not. What is merely degraded, such as failed messages or a refused model, has
// alerts of its own.
resource probe 'Microsoft.Insights/webtests@2022-06-15' = if (healthProbe) {
  name: 'health-${token}'
  location: location
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource' })
  kind: 'standard'
  properties: {
    SyntheticMonitorId: 'health-${token}'
    Name: 'health'
    Kind: 'standard'
    Enabled: true
    Frequency: 900
    Timeout: 60
    RetryEnabled: true
    Locations: [{ Id: 'emea-nl-ams-azr' }, { Id: 'us-va-ash-azr' }]
    Request: { RequestUrl: healthUrl, HttpVerb: 'GET', ParseDependentRequests: false }
    ValidationRules: {
      ExpectedHttpStatusCode: 200
      SSLCheck: true
      SSLCertRemainingLifetimeCheck: 7
    }
  }
}

resource unhealthy 'Microsoft.Insights/metricAlerts@2026-01-01' = if (healthProbe) {
  name: 'unhealthy-${token}'
  location: 'global'
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource', 'hidden-link:${probe.id}': 'Resource' })
  properties: {
    description: 'GET /api/health does not answer with 200 from two places; the problems of GET /api/status say what to do.'
    severity: 2
    enabled: true
    scopes: [probe.id, insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.WebtestLocationAvailabilityCriteria'
      webTestId: probe.id
      componentId: insightsId
      failedLocationCount: 2
    }
    actions: [{ actionGroupId: people.id }]
  }
}

// What somebody has to hear of. Queries are over metrics of ours (storage/Telemetry/Instruments.cs), each a row a minute for every instance
// with Sum, Max and ItemCount of its measurements, and over words that the platform writes; a test looks for our names in the code.
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
    says: 'Messages failed too often and were put aside. Nothing is lost: GET /api/health counts them, the trainer command replay sends them again.'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppMetrics
| where Name == 'sasrec.queue.poison' and Max > 0
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
| summarize arg_max(TimeGenerated, Max)
| where Max > DAYS * 86400
''', 'DAYS', string(modelMaximumAgeDays))
  }
  {
    name: 'error-rate'
    says: 'More than one in twenty invocations of a function failed.'
    severity: 1
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppTraces
| where Message startswith "Executed 'Functions."
| summarize Total = sum(ItemCount), Failed = sumif(ItemCount, Message has '(Failed,') by OperationName
| where Failed >= 5 and Failed * 20 > Total
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

resource queries 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
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

// Asks the system how it is. Also anything but "healthy" counts, such as failed messages, a refused model or no model at all.
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
      ContentValidation: { ContentMatch: '"status":"healthy"', IgnoreCase: true, PassIfTextFound: true }
    }
  }
}

resource unhealthy 'Microsoft.Insights/metricAlerts@2018-03-01' = if (healthProbe) {
  name: 'unhealthy-${token}'
  location: 'global'
  tags: union(tags, { 'hidden-link:${insightsId}': 'Resource', 'hidden-link:${probe.id}': 'Resource' })
  properties: {
    description: 'GET /api/health does not say healthy; its problems say what to do.'
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

// What somebody has to hear of. Each query is over words that the host, the functions or the trainer write; a test looks for ours in the code.
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
AppTraces
| where Message has 'Moving message to queue' and Message has '-poison'
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
  (ContainerAppConsoleLogs | extend Said = column_ifexists('Log', '') | where Said has '"outcome":"refused"'),
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
    // Versions begin with the time at which they were made.
    query: replace('''
AppTraces
| where Message startswith 'Model ' and Message has ' serves: '
| extend Made = todatetime(replace_regex(extract(@'Model (\d{8}T\d{6})Z', 1, Message), @'(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)', @'\1-\2-\3T\4:\5:\6Z'))
| summarize arg_max(TimeGenerated, Made)
| where Made < ago(DAYSd)
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
    says: 'One event in twenty waits for more than a minute before it is in the log: recommendations lag behind what users do.'
    severity: 2
    every: 'PT15M'
    over: 'PT15M'
    query: '''
AppTraces
| where Message startswith 'Trigger Details: MessageId'
| extend Inserted = todatetime(extract(@'InsertedOn: ([^,\s]+)', 1, Message))
| summarize Late = percentile(datetime_diff('second', TimeGenerated, Inserted), 95)
| where Late > 60
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

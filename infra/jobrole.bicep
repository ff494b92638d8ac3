// The one right on the trainer job. It has a file of its own because it must wait for the job, and roles.bicep must not.
param apiPrincipalId string
param jobName string

var definitions = {
  jobsOperator: 'b9a307c4-5aa3-4b52-ba60-2b17c136cd7b'
}

resource job 'Microsoft.App/jobs@2025-07-01' existing = {
  name: jobName
}

// Starts the trainer and asks how its executions ended (ContainerJob): this job and no other.
resource apiJob 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: guid(job.id, apiPrincipalId, definitions.jobsOperator)
  scope: job
  properties: {
    principalId: apiPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', definitions.jobsOperator)
  }
}

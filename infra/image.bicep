// The image that the trainer job has now. Only what is deployed later changes it.
param jobName string

resource job 'Microsoft.App/jobs@2025-07-01' existing = {
  name: jobName
}

output image string = job.properties.template.containers[0].image

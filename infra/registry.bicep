// The trainer's images. Pulled and pushed by identity; there is no admin user.
@minLength(5)
@maxLength(50)
param name string
param location string
param tags object
@description('Whether old images are deleted every week.')
param purge bool

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

// `acr purge` runs in the registry itself. azd names the images sasrec-serverless/trainer-ENVIRONMENT.
var purgeSteps = '''
version: v1.1.0
steps:
  - cmd: acr purge --filter 'sasrec-serverless/trainer-.*:.*' --ago 30d --keep 5 --untagged
    disableWorkingDirectoryOverride: true
    timeout: 3600
'''

resource purgeTask 'Microsoft.ContainerRegistry/registries/tasks@2019-04-01' = if (purge) {
  parent: registry
  name: 'purge-old-images'
  location: location
  tags: tags
  properties: {
    status: 'Enabled'
    platform: { os: 'Linux', architecture: 'amd64' }
    agentConfiguration: { cpu: 2 }
    step: { type: 'EncodedTask', encodedTaskContent: base64(purgeSteps) }
    trigger: { timerTriggers: [{ name: 'weekly', schedule: '0 5 * * 0' }] }
  }
}

output name string = registry.name
output server string = registry.properties.loginServer

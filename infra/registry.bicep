// The trainer's images. Pulled and pushed by identity; there is no admin user.
@minLength(5)
@maxLength(50)
param name string
param location string
param tags object

resource registry 'Microsoft.ContainerRegistry/registries@2025-04-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Basic' }
  properties: { adminUserEnabled: false }
}

output name string = registry.name
output server string = registry.properties.loginServer

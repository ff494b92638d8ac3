// Two identities, because the functions and the trainer need different things; roles.bicep says what.
@description('Name of the identity of the functions app.')
param apiName string
@description('Name of the identity of the trainer job.')
param trainerName string
param location string
param tags object

resource api 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: apiName
  location: location
  tags: tags
}

resource trainer 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: trainerName
  location: location
  tags: tags
}

output apiId string = api.id
output apiClientId string = api.properties.clientId
output apiPrincipalId string = api.properties.principalId
output trainerId string = trainer.id
output trainerClientId string = trainer.properties.clientId
output trainerPrincipalId string = trainer.properties.principalId

// Only where storage is to be private: one network with a subnet for each of those who reach it, and one for its endpoints. Newer versions
// of the API give a subnet no way out to the internet unless it is asked for; the functions app and the trainer need Azure's management,
// the registry and Application Insights.
param name string
param location string
param tags object
@description('The range of the network, /22 or larger; subnets are cut from it.')
param addressPrefix string = '10.80.0.0/22'

// Both Flex Consumption and Container Apps run in subnets that are delegated to Microsoft.App.
var delegation = [{ name: 'Microsoft.App.environments', properties: { serviceName: 'Microsoft.App/environments' } }]

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: [addressPrefix] }
    subnets: [
      { name: 'api', properties: { addressPrefix: cidrSubnet(addressPrefix, 24, 0), delegations: delegation, defaultOutboundAccess: true } }
      { name: 'trainer', properties: { addressPrefix: cidrSubnet(addressPrefix, 24, 1), delegations: delegation, defaultOutboundAccess: true } }
      { name: 'endpoints', properties: { addressPrefix: cidrSubnet(addressPrefix, 24, 2), privateEndpointNetworkPolicies: 'Disabled', defaultOutboundAccess: false } }
    ]
  }
}

output apiSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'api')
output trainerSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'trainer')
output endpointsSubnetId string = resourceId('Microsoft.Network/virtualNetworks/subnets', network.name, 'endpoints')

// Where the trainer job runs. Costs nothing while no job does.
param name string
param location string
param tags object
@allowed(['cpu', 'gpu-t4', 'gpu-a100'])
param hardware string
param workspaceId string
@description('A subnet delegated to Microsoft.App/environments; empty for a network of the platform.')
param subnetId string

var cpuProfile = { name: 'Consumption', workloadProfileType: 'Consumption' }
var gpuProfiles = {
  'gpu-t4': { name: 'gpu-t4', workloadProfileType: 'Consumption-GPU-NC8as-T4' }
  'gpu-a100': { name: 'gpu-a100', workloadProfileType: 'Consumption-GPU-NC24-A100' }
}

resource containerApps 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    workloadProfiles: hardware == 'cpu' ? [cpuProfile] : [cpuProfile, gpuProfiles[hardware]]
    // By way of a diagnostic setting, which needs no key of the workspace.
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    zoneRedundant: false
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'to-workspace'
  scope: containerApps
  properties: {
    workspaceId: workspaceId
    logs: [
      { category: 'ContainerAppConsoleLogs', enabled: true }
      { category: 'ContainerAppSystemLogs', enabled: true }
    ]
  }
}

output id string = containerApps.id

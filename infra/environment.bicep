// Where the trainer job runs. In a network of the platform it costs nothing while no job runs; in a network of ours Azure adds a load
// balancer and an address, which cost all month, and so does the plan of a dedicated node.
param name string
param location string
param tags object
@allowed(['cpu', 'cpu-e8', 'cpu-e16', 'cpu-e32', 'gpu-t4', 'gpu-a100'])
param hardware string
param workspaceId string
@description('A subnet delegated to Microsoft.App/environments; empty for a network of the platform.')
param subnetId string

var cpuProfile = { name: 'Consumption', workloadProfileType: 'Consumption' }
// A dedicated node is there only while a job needs it.
var otherProfiles = {
  'cpu-e8': { name: 'cpu-e8', workloadProfileType: 'E8', minimumCount: 0, maximumCount: 1 }
  'cpu-e16': { name: 'cpu-e16', workloadProfileType: 'E16', minimumCount: 0, maximumCount: 1 }
  'cpu-e32': { name: 'cpu-e32', workloadProfileType: 'E32', minimumCount: 0, maximumCount: 1 }
  'gpu-t4': { name: 'gpu-t4', workloadProfileType: 'Consumption-GPU-NC8as-T4' }
  'gpu-a100': { name: 'gpu-a100', workloadProfileType: 'Consumption-GPU-NC24-A100' }
}

resource containerApps 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    workloadProfiles: hardware == 'cpu' ? [cpuProfile] : [cpuProfile, otherProfiles[hardware]]
    // By way of a diagnostic setting, which needs no key of the workspace.
    appLogsConfiguration: { destination: 'azure-monitor' }
    vnetConfiguration: empty(subnetId) ? null : { infrastructureSubnetId: subnetId, internal: true }
    zoneRedundant: false
  }
}

#disable-next-line use-recent-api-versions // The only later version than 2016-09-01.
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

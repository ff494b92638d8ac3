// Warnings, not a limit: at half and at nine tenths of the amount, and when the forecast for the month passes it.
param name string
@minValue(1)
param amount int
@description('The first day of a month, yyyy-MM-01.')
param startDate string
param email string

var contacts = {
  enabled: true
  operator: 'GreaterThanOrEqualTo'
  contactEmails: empty(email) ? [] : [email]
  contactRoles: ['Owner']
}

resource budget 'Microsoft.Consumption/budgets@2026-06-01' = {
  name: name
  properties: {
    category: 'Cost'
    timeGrain: 'Monthly'
    amount: amount
    timePeriod: { startDate: startDate }
    notifications: {
      half: union(contacts, { threshold: 50, thresholdType: 'Actual' })
      nearlyAll: union(contacts, { threshold: 90, thresholdType: 'Actual' })
      onTheWayPast: union(contacts, { threshold: 100, thresholdType: 'Forecasted' })
    }
  }
}

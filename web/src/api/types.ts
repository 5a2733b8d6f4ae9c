/** Short names of the schemas the pages use. */
import type { components } from '@/api/schema'

type Schemas = components['schemas']

export type Account = Schemas['AccountOut']
export type AreaName = Schemas['AreaName']
export type AreaFeature = Schemas['Feature_AreaProperties_']
export type Category = Schemas['FacilityCategory']
export type Channel = Schemas['ChannelOut']
export type CoverageSummary = Schemas['CoverageSummary']
export type DeadLetter = Schemas['DeadLetter']
export type Device = Schemas['DeviceDetails']
export type DeviceChart = Schemas['DeviceChart']
export type DeviceKind = Schemas['DeviceKind']
export type Home = Schemas['Home']
export type IncidentCategory = Schemas['IncidentCategory']
export type Incident = Schemas['IncidentProperties']
export type IncidentFeature = Schemas['Feature_IncidentProperties_']
export type Nearby = Schemas['Feature_NearbyProperties_']
export type NearestFeature = Schemas['Feature_NearestProperties_']
export type Notice = Schemas['Notification']
export type Order = Schemas['Order']
export type OrderState = Schemas['Order']['state']
export type Resident = Schemas['MaskedResident']
export type Route = Schemas['Route']
export type Right = Session['rights'][number]
export type ReportStatus = Schemas['ReportStatus']
/** Fields with defaults may be left out of what is sent; what is answered has them all. */
export type Rule = Required<Omit<Schemas['Rule'], 'overrides'>> & { overrides: RuleOverride[] }
export type RuleOverride = Required<Schemas['Override']>
export type SearchHit = Schemas['SearchHit']
export type Session = Schemas['SessionOut']
export type Source = Schemas['SourceOut']
export type Summary = Schemas['Summary']
export type WorkerFeature = Schemas['Feature_WorkerProperties_']
export type Profile = Schemas['RouteProperties']['profile']

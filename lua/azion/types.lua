---@meta azion.types
--- The fields of every resource, and the methods of its collection, for editors (LuaLS). Nothing requires this file;
--- `make describe` writes it.
---
--- A class called `…Fields` holds what can be written; the class without that word adds what only the API sets.
--- Every field may be absent from a reply.

---@alias azion.Id string|integer|table an id, or an item that has one

---@class azion.v3.Client: azion.Client
---@field digital_certificates fun(self: azion.v3.Client): azion.DigitalCertificatesCollection
---@field domains fun(self: azion.v3.Client): azion.DomainsCollection
---@field edge_applications fun(self: azion.v3.Client): azion.EdgeApplicationsCollection
---@field cache_settings fun(self: azion.v3.Client, edge_application: azion.Id): azion.CacheSettingsCollection
---@field device_groups fun(self: azion.v3.Client, edge_application: azion.Id): azion.DeviceGroupsCollection
---@field error_responses fun(self: azion.v3.Client, edge_application: azion.Id): azion.ErrorResponsesCollection
---@field functions_instances fun(self: azion.v3.Client, edge_application: azion.Id): azion.FunctionsInstancesCollection
---@field origins fun(self: azion.v3.Client, edge_application: azion.Id): azion.OriginsCollection
---@field rules fun(self: azion.v3.Client, edge_application: azion.Id, phase: "request"|"response"): azion.RulesCollection
---@field personal_tokens fun(self: azion.v3.Client): azion.PersonalTokensCollection
---@field variables fun(self: azion.v3.Client): azion.VariablesCollection

---@class azion.DigitalCertificateFields
---@field name? string required; at most 255 characters
---@field certificate? string PEM; or null; shown as `certificate_content`; together with `private_key`
---@field private_key? string PEM; never in a reply; a trusted CA has none; or null; secret; never in a reply
---@field certificate_type? "edge_certificate"|"trusted_ca_certificate" default: edge_certificate; cannot be changed
---@field managed? boolean made and renewed by the API; default: false

---@class azion.DigitalCertificate: azion.DigitalCertificateFields
---@field id? integer
---@field subject_name? string[]
---@field issuer? string
---@field validity? string "2028-03-24 20:09:00-03:00"
---@field status? "Active"|"Pending"|string
---@field csr? string
---@field certificate_content? string
---@field azion_information? string

---@class azion.CsrFields
---@field name? string required; at most 255 characters
---@field common_name? string required
---@field country? string two letters
---@field state? string
---@field locality? string
---@field organization? string
---@field organization_unity? string
---@field email? string
---@field private_key_type? "rsa_2048" default: rsa_2048
---@field sans? string[] subject alternative names

---@class azion.DigitalCertificatePage: azion.Page
---@field results azion.DigitalCertificate[]

---@class azion.DigitalCertificatesCollection
---@field list fun(self: azion.DigitalCertificatesCollection, query?: azion.Query, options?: azion.CallOptions): azion.DigitalCertificatePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.DigitalCertificatesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.DigitalCertificatePage?
---@field each fun(self: azion.DigitalCertificatesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.DigitalCertificate?
---@field all fun(self: azion.DigitalCertificatesCollection, query?: azion.Query, options?: azion.CallOptions): azion.DigitalCertificate[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.DigitalCertificatesCollection, id: azion.Id, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?
---@field create fun(self: azion.DigitalCertificatesCollection, fields: azion.DigitalCertificateFields, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.DigitalCertificatesCollection, id: azion.Id, fields: azion.DigitalCertificateFields, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?
---@field update fun(self: azion.DigitalCertificatesCollection, id: azion.Id, fields: azion.DigitalCertificateFields, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?
---@field delete fun(self: azion.DigitalCertificatesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.DigitalCertificatesCollection, name: string, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?
---@field create_csr fun(self: azion.DigitalCertificatesCollection, fields: azion.CsrFields, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?

---@class azion.DomainFields
---@field name? string required; at most 100 characters
---@field cnames? string[]
---@field cname_access_only? boolean default: false
---@field digital_certificate_id? integer|"lets_encrypt"|string|azion.DigitalCertificate `lets_encrypt` asks for a certificate that the API makes and renews; or null
---@field edge_application_id? integer|azion.EdgeApplication required
---@field is_active? boolean default: true
---@field environment? "production"|"preview"|string default: production
---@field is_mtls_enabled? boolean default: false
---@field mtls_trusted_ca_certificate_id? integer|azion.DigitalCertificate or null
---@field mtls_verification? "enforce"|"permissive" default: enforce
---@field edge_firewall_id? integer or null
---@field crl_list? integer[] or null

---@class azion.Domain: azion.DomainFields
---@field id? integer
---@field domain_name? string ….map.azionedge.net

---@class azion.DomainPage: azion.Page
---@field results azion.Domain[]

---@class azion.DomainsCollection
---@field list fun(self: azion.DomainsCollection, query?: azion.Query, options?: azion.CallOptions): azion.DomainPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.DomainsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.DomainPage?
---@field each fun(self: azion.DomainsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.Domain?
---@field all fun(self: azion.DomainsCollection, query?: azion.Query, options?: azion.CallOptions): azion.Domain[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.DomainsCollection, id: azion.Id, options?: azion.CallOptions): azion.Domain?, azion.Error?, azion.Response?
---@field create fun(self: azion.DomainsCollection, fields: azion.DomainFields, options?: azion.CallOptions): azion.Domain?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.DomainsCollection, id: azion.Id, fields: azion.DomainFields, options?: azion.CallOptions): azion.Domain?, azion.Error?, azion.Response?
---@field update fun(self: azion.DomainsCollection, id: azion.Id, fields: azion.DomainFields, options?: azion.CallOptions): azion.Domain?, azion.Error?, azion.Response?
---@field delete fun(self: azion.DomainsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.DomainsCollection, name: string, options?: azion.CallOptions): azion.Domain?, azion.Error?, azion.Response?

---@class azion.EdgeApplicationFields
---@field name? string required; at most 255 characters
---@field delivery_protocol? "http"|"https"|"http,https" default: http
---@field http_port? integer|integer[] 80, 8008, 8080; default: 80
---@field https_port? integer|integer[] 443, 8443, 9440 to 9443; default: 443
---@field minimum_tls_version? ""|"tls_1_0"|"tls_1_1"|"tls_1_2"|"tls_1_3"
---@field supported_ciphers? "all"|"TLSv1.2_2018"|"TLSv1.2_2019"|"TLSv1.2_2021"|"TLSv1.3_2022" default: all
---@field active? boolean default: true
---@field debug_rules? boolean default: false
---@field http3? boolean default: false
---@field websocket? boolean null where the contract lacks it; or null
---@field application_acceleration? boolean a part of the product that the contract may lack; default: false
---@field device_detection? boolean a part of the product that the contract may lack; default: false
---@field edge_firewall? boolean a part of the product that the contract may lack; default: false
---@field edge_functions? boolean a part of the product that the contract may lack; default: false
---@field image_optimization? boolean a part of the product that the contract may lack; default: false
---@field l2_caching? boolean a part of the product that the contract may lack; default: false
---@field load_balancer? boolean a part of the product that the contract may lack; default: false
---@field raw_logs? boolean a part of the product that the contract may lack; default: false
---@field web_application_firewall? boolean a part of the product that the contract may lack; default: false
---@field origin_type? "single_origin"|"load_balancer" create only; never in a reply
---@field address? string of the origin that comes with the application; create only; never in a reply
---@field origin_protocol_policy? "preserve"|"http"|"https" create only; never in a reply
---@field host_header? string create only; never in a reply
---@field browser_cache_settings? "honor"|"override"|"ignore" create only; never in a reply
---@field browser_cache_settings_maximum_ttl? integer seconds; 0 to 31536000; create only; never in a reply
---@field cdn_cache_settings? "honor"|"override" create only; never in a reply
---@field cdn_cache_settings_maximum_ttl? integer seconds; 0 to 31536000; create only; never in a reply

---@class azion.EdgeApplication: azion.EdgeApplicationFields
---@field id? integer
---@field caching? boolean
---@field last_editor? string in lists
---@field last_modified? string in lists
---@field origins? azion.EdgeApplicationOrigin[] in lists

---@class azion.EdgeApplicationOrigin
---@field name? string
---@field origin_type? string
---@field origin_id? string the origin's `origin_key`

---@class azion.EdgeApplicationPage: azion.Page
---@field results azion.EdgeApplication[]

---@class azion.EdgeApplicationsCollection
---@field list fun(self: azion.EdgeApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): azion.EdgeApplicationPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.EdgeApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.EdgeApplicationPage?
---@field each fun(self: azion.EdgeApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.EdgeApplication?
---@field all fun(self: azion.EdgeApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): azion.EdgeApplication[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.EdgeApplicationsCollection, id: azion.Id, options?: azion.CallOptions): azion.EdgeApplication?, azion.Error?, azion.Response?
---@field create fun(self: azion.EdgeApplicationsCollection, fields: azion.EdgeApplicationFields, options?: azion.CallOptions): azion.EdgeApplication?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.EdgeApplicationsCollection, id: azion.Id, fields: azion.EdgeApplicationFields, options?: azion.CallOptions): azion.EdgeApplication?, azion.Error?, azion.Response?
---@field update fun(self: azion.EdgeApplicationsCollection, id: azion.Id, fields: azion.EdgeApplicationFields, options?: azion.CallOptions): azion.EdgeApplication?, azion.Error?, azion.Response?
---@field delete fun(self: azion.EdgeApplicationsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.EdgeApplicationsCollection, name: string, options?: azion.CallOptions): azion.EdgeApplication?, azion.Error?, azion.Response?

---@class azion.CacheSettingFields
---@field name? string required; at most 255 characters
---@field browser_cache_settings? "honor"|"override"|"ignore" default: honor
---@field browser_cache_settings_maximum_ttl? integer seconds; 0 to 31536000; default: 0
---@field cdn_cache_settings? "honor"|"override" default: honor
---@field cdn_cache_settings_maximum_ttl? integer seconds; 0 to 31536000; default: 60
---@field cache_by_query_string? "ignore"|"whitelist"|"blacklist"|"all" default: ignore
---@field query_string_fields? string[] required; only with cache_by_query_string whitelist or blacklist; with whitelist and blacklist; or null
---@field enable_query_string_sort? boolean default: false
---@field cache_by_cookies? "ignore"|"whitelist"|"blacklist"|"all" default: ignore
---@field cookie_names? string[] required; only with cache_by_cookies whitelist or blacklist; with whitelist and blacklist; or null
---@field adaptive_delivery_action? "ignore"|"whitelist"|"optimize"|string default: ignore
---@field device_group? (integer|azion.DeviceGroup)[]
---@field enable_caching_for_post? boolean default: false
---@field enable_caching_for_options? boolean default: false
---@field l2_caching_enabled? boolean default: false
---@field l2_region? "sa-brazil"|"na-united-states" or null
---@field is_slice_configuration_enabled? boolean default: false
---@field is_slice_edge_caching_enabled? boolean default: false
---@field is_slice_l2_caching_enabled? boolean default: false
---@field slice_configuration_range? integer 1024; or null
---@field enable_stale_cache? boolean default: false

---@class azion.CacheSetting: azion.CacheSettingFields
---@field id? integer

---@class azion.CacheSettingPage: azion.Page
---@field results azion.CacheSetting[]

---@class azion.CacheSettingsCollection
---@field list fun(self: azion.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): azion.CacheSettingPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.CacheSettingPage?
---@field each fun(self: azion.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.CacheSetting?
---@field all fun(self: azion.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): azion.CacheSetting[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.CacheSettingsCollection, id: azion.Id, options?: azion.CallOptions): azion.CacheSetting?, azion.Error?, azion.Response?
---@field create fun(self: azion.CacheSettingsCollection, fields: azion.CacheSettingFields, options?: azion.CallOptions): azion.CacheSetting?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.CacheSettingsCollection, id: azion.Id, fields: azion.CacheSettingFields, options?: azion.CallOptions): azion.CacheSetting?, azion.Error?, azion.Response?
---@field update fun(self: azion.CacheSettingsCollection, id: azion.Id, fields: azion.CacheSettingFields, options?: azion.CallOptions): azion.CacheSetting?, azion.Error?, azion.Response?
---@field delete fun(self: azion.CacheSettingsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.CacheSettingsCollection, name: string, options?: azion.CallOptions): azion.CacheSetting?, azion.Error?, azion.Response?

---@class azion.DeviceGroupFields
---@field name? string required; at most 255 characters; letters and digits
---@field user_agent? string required; regular expression

---@class azion.DeviceGroup: azion.DeviceGroupFields
---@field id? integer

---@class azion.DeviceGroupPage: azion.Page
---@field results azion.DeviceGroup[]

---@class azion.DeviceGroupsCollection
---@field list fun(self: azion.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): azion.DeviceGroupPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.DeviceGroupPage?
---@field each fun(self: azion.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.DeviceGroup?
---@field all fun(self: azion.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): azion.DeviceGroup[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.DeviceGroupsCollection, id: azion.Id, options?: azion.CallOptions): azion.DeviceGroup?, azion.Error?, azion.Response?
---@field create fun(self: azion.DeviceGroupsCollection, fields: azion.DeviceGroupFields, options?: azion.CallOptions): azion.DeviceGroup?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.DeviceGroupsCollection, id: azion.Id, fields: azion.DeviceGroupFields, options?: azion.CallOptions): azion.DeviceGroup?, azion.Error?, azion.Response?
---@field update fun(self: azion.DeviceGroupsCollection, id: azion.Id, fields: azion.DeviceGroupFields, options?: azion.CallOptions): azion.DeviceGroup?, azion.Error?, azion.Response?
---@field delete fun(self: azion.DeviceGroupsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.DeviceGroupsCollection, name: string, options?: azion.CallOptions): azion.DeviceGroup?, azion.Error?, azion.Response?

---@class azion.ErrorResponsesFields
---@field origin_id? integer|azion.Origin the origin that has the pages; or null
---@field error_responses? azion.ErrorResponsesErrorResponse[] required

---@class azion.ErrorResponsesErrorResponse
---@field code? string required; HTTP status of the origin, or "any"
---@field uri? string path of the page at the origin; null: none; or null
---@field custom_status_code? string|integer status to answer with; null: the same; or null
---@field timeout? integer seconds; default: 0

---@class azion.ErrorResponses: azion.ErrorResponsesFields
---@field id? integer
---@field name? "Default Error Responses"|string

---@class azion.ErrorResponsesPage: azion.Page
---@field results azion.ErrorResponses[]

---@class azion.ErrorResponsesCollection
---@field list fun(self: azion.ErrorResponsesCollection, query?: azion.Query, options?: azion.CallOptions): azion.ErrorResponsesPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.ErrorResponsesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.ErrorResponsesPage?
---@field each fun(self: azion.ErrorResponsesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.ErrorResponses?
---@field all fun(self: azion.ErrorResponsesCollection, query?: azion.Query, options?: azion.CallOptions): azion.ErrorResponses[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.ErrorResponsesCollection, id: azion.Id, options?: azion.CallOptions): azion.ErrorResponses?, azion.Error?, azion.Response?
---@field update fun(self: azion.ErrorResponsesCollection, id: azion.Id, fields: azion.ErrorResponsesFields, options?: azion.CallOptions): azion.ErrorResponses?, azion.Error?, azion.Response?
---@field find fun(self: azion.ErrorResponsesCollection, name: string, options?: azion.CallOptions): azion.ErrorResponses?, azion.Error?, azion.Response?

---@class azion.FunctionsInstanceFields
---@field name? string required; at most 255 characters
---@field edge_function_id? integer required
---@field args? table what the function is called with

---@class azion.FunctionsInstance: azion.FunctionsInstanceFields
---@field id? integer

---@class azion.FunctionsInstancePage: azion.Page
---@field results azion.FunctionsInstance[]

---@class azion.FunctionsInstancesCollection
---@field list fun(self: azion.FunctionsInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.FunctionsInstancePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.FunctionsInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.FunctionsInstancePage?
---@field each fun(self: azion.FunctionsInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.FunctionsInstance?
---@field all fun(self: azion.FunctionsInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.FunctionsInstance[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.FunctionsInstancesCollection, id: azion.Id, options?: azion.CallOptions): azion.FunctionsInstance?, azion.Error?, azion.Response?
---@field create fun(self: azion.FunctionsInstancesCollection, fields: azion.FunctionsInstanceFields, options?: azion.CallOptions): azion.FunctionsInstance?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.FunctionsInstancesCollection, id: azion.Id, fields: azion.FunctionsInstanceFields, options?: azion.CallOptions): azion.FunctionsInstance?, azion.Error?, azion.Response?
---@field update fun(self: azion.FunctionsInstancesCollection, id: azion.Id, fields: azion.FunctionsInstanceFields, options?: azion.CallOptions): azion.FunctionsInstance?, azion.Error?, azion.Response?
---@field delete fun(self: azion.FunctionsInstancesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.FunctionsInstancesCollection, name: string, options?: azion.CallOptions): azion.FunctionsInstance?, azion.Error?, azion.Response?

---@class azion.OriginFields
---@field name? string required; at most 255 characters
---@field origin_type? "single_origin"|"load_balancer"|"object_storage"|"live_ingest" default: single_origin; create only with origin_type object_storage
---@field addresses? azion.OriginAddress[] required; only with origin_type single_origin or load_balancer; of a single origin exactly one
---@field origin_protocol_policy? "preserve"|"http"|"https" only with origin_type single_origin or load_balancer; default: preserve
---@field is_origin_redirection_enabled? boolean only with origin_type single_origin or load_balancer; default: false
---@field host_header? string only with origin_type single_origin or load_balancer; `${host}` passes the visitor's on; default: ${host}
---@field method? ""|"ip_hash"|"least_connections"|"round_robin" only with origin_type single_origin or load_balancer; of a load balancer; default: ip_hash; not kept with origin_type single_origin
---@field origin_path? string only with origin_type single_origin or load_balancer; empty, or a path that starts with "/"
---@field connection_timeout? integer only with origin_type single_origin or load_balancer; seconds; default: 60; taken, but the API keeps its own value
---@field timeout_between_bytes? integer only with origin_type single_origin or load_balancer; seconds; default: 120; taken, but the API keeps its own value
---@field hmac_authentication? boolean only with origin_type single_origin or load_balancer; default: false
---@field hmac_region_name? string required with hmac_authentication; only with origin_type single_origin or load_balancer
---@field hmac_access_key? string required with hmac_authentication; only with origin_type single_origin or load_balancer; secret
---@field hmac_secret_key? string required with hmac_authentication; only with origin_type single_origin or load_balancer; secret
---@field bucket? string required; only with origin_type object_storage
---@field prefix? string only with origin_type object_storage; default: /
---@field streaming_endpoint? "br-east-1.azioningest.net"|"br-east-2.azioningest.net"|"br-east-3.azioningest.net"|"us-east-1.azioningest.net"|"us-east-2.azioningest.net"|string required; only with origin_type live_ingest

---@class azion.OriginAddress
---@field address? string required; host name or IP address, without scheme and path; with a port where the policy is http or https
---@field weight? integer 1 to 100; of a load balancer; or null; not kept with origin_type single_origin
---@field server_role? "primary"|"backup" default: primary
---@field is_active? boolean default: true

---@class azion.Origin: azion.OriginFields
---@field origin_id? integer the id in rules; in older replies the UUID
---@field origin_key? string UUID: the id in paths

---@class azion.OriginPage: azion.Page
---@field results azion.Origin[]

---@class azion.OriginsCollection
---@field list fun(self: azion.OriginsCollection, query?: azion.Query, options?: azion.CallOptions): azion.OriginPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.OriginsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.OriginPage?
---@field each fun(self: azion.OriginsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.Origin?
---@field all fun(self: azion.OriginsCollection, query?: azion.Query, options?: azion.CallOptions): azion.Origin[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.OriginsCollection, id: azion.Id, options?: azion.CallOptions): azion.Origin?, azion.Error?, azion.Response?
---@field create fun(self: azion.OriginsCollection, fields: azion.OriginFields, options?: azion.CallOptions): azion.Origin?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.OriginsCollection, id: azion.Id, fields: azion.OriginFields, options?: azion.CallOptions): azion.Origin?, azion.Error?, azion.Response?
---@field update fun(self: azion.OriginsCollection, id: azion.Id, fields: azion.OriginFields, options?: azion.CallOptions): azion.Origin?, azion.Error?, azion.Response?
---@field delete fun(self: azion.OriginsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.OriginsCollection, name: string, options?: azion.CallOptions): azion.Origin?, azion.Error?, azion.Response?

---@class azion.RuleFields
---@field name? string required; at most 255 characters
---@field description? string at most 1000 characters; or null
---@field order? integer 1 to 10000; default: after the last
---@field is_active? boolean default: true
---@field criteria? azion.RuleCriteria[][] required; groups of conditions
---@field behaviors? azion.RuleBehavior[] required

---@class azion.RuleCriteria
---@field variable? string required; `${uri}`, `${host}`, …
---@field operator? "is_equal"|"is_not_equal"|"starts_with"|"does_not_start_with"|"matches"|"does_not_match"|"exists"|"does_not_exist" required
---@field conditional? "if"|"and"|"or" required; of the first of a group "if"
---@field input_value? string required; only with operator is_equal or is_not_equal or starts_with or does_not_start_with or matches or does_not_match; not with exists and does_not_exist

---@class azion.RuleBehavior
---@field name? "bypass_cache_phase"|"deliver"|"deny"|"enable_gzip"|"finish_request_phase"|"forward_cookies"|"no_content"|"optimize_images"|"redirect_http_to_https"|"redirect_to_301"|"redirect_to_302"|"rewrite_request"|"set_host_header"|"add_request_header"|"filter_request_header"|"add_request_cookie"|"filter_request_cookie"|"add_response_header"|"filter_response_header"|"set_cookie"|"filter_response_cookie"|"set_origin"|"set_cache_policy"|"run_function"|"capture_match_groups"|string required
---@field target? string|integer|azion.Origin|azion.CacheSetting|azion.FunctionsInstance|{ captured_array: string, subject: string, regex: string } an id of what the behavior sets, a text, or nothing; or null

---@class azion.Rule: azion.RuleFields
---@field id? integer
---@field phase? "request"|"response"|"default" the default rule is among those of the request

---@class azion.RulePage: azion.Page
---@field results azion.Rule[]

---@class azion.RulesCollection
---@field list fun(self: azion.RulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.RulePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.RulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.RulePage?
---@field each fun(self: azion.RulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.Rule?
---@field all fun(self: azion.RulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.Rule[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.RulesCollection, id: azion.Id, options?: azion.CallOptions): azion.Rule?, azion.Error?, azion.Response?
---@field create fun(self: azion.RulesCollection, fields: azion.RuleFields, options?: azion.CallOptions): azion.Rule?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.RulesCollection, id: azion.Id, fields: azion.RuleFields, options?: azion.CallOptions): azion.Rule?, azion.Error?, azion.Response?
---@field update fun(self: azion.RulesCollection, id: azion.Id, fields: azion.RuleFields, options?: azion.CallOptions): azion.Rule?, azion.Error?, azion.Response?
---@field delete fun(self: azion.RulesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.RulesCollection, name: string, options?: azion.CallOptions): azion.Rule?, azion.Error?, azion.Response?

---@class azion.PersonalTokenFields
---@field name? string required; at most 255 characters
---@field expires_at? string required; "2026-07-26T00:00"
---@field description? string or null

---@class azion.PersonalToken: azion.PersonalTokenFields
---@field uuid? string the id in paths
---@field key? string the token itself, in the reply to create only; secret
---@field user_id? integer
---@field created? string

---@class azion.PersonalTokenPage: azion.Page
---@field results azion.PersonalToken[]

---@class azion.PersonalTokensCollection
---@field list fun(self: azion.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): azion.PersonalTokenPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.PersonalTokenPage?
---@field each fun(self: azion.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.PersonalToken?
---@field all fun(self: azion.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): azion.PersonalToken[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.PersonalTokensCollection, id: azion.Id, options?: azion.CallOptions): azion.PersonalToken?, azion.Error?, azion.Response?
---@field create fun(self: azion.PersonalTokensCollection, fields: azion.PersonalTokenFields, options?: azion.CallOptions): azion.PersonalToken?, azion.Error?, azion.Response?
---@field delete fun(self: azion.PersonalTokensCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.PersonalTokensCollection, name: string, options?: azion.CallOptions): azion.PersonalToken?, azion.Error?, azion.Response?

---@class azion.VariableFields
---@field key? string required; at most 100 characters
---@field value? string required; at most 32768 characters; secret; not shown with secret
---@field secret? boolean its value is not shown again; default: false

---@class azion.Variable: azion.VariableFields
---@field uuid? string the id in paths
---@field last_editor? string
---@field created_at? string
---@field updated_at? string

---@class azion.VariablePage: azion.Page
---@field results azion.Variable[]

---@class azion.VariablesCollection
---@field list fun(self: azion.VariablesCollection, query?: azion.Query, options?: azion.CallOptions): azion.VariablePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.VariablesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.VariablePage?
---@field each fun(self: azion.VariablesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.Variable?
---@field all fun(self: azion.VariablesCollection, query?: azion.Query, options?: azion.CallOptions): azion.Variable[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.VariablesCollection, id: azion.Id, options?: azion.CallOptions): azion.Variable?, azion.Error?, azion.Response?
---@field create fun(self: azion.VariablesCollection, fields: azion.VariableFields, options?: azion.CallOptions): azion.Variable?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.VariablesCollection, id: azion.Id, fields: azion.VariableFields, options?: azion.CallOptions): azion.Variable?, azion.Error?, azion.Response?
---@field delete fun(self: azion.VariablesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.VariablesCollection, name: string, options?: azion.CallOptions): azion.Variable?, azion.Error?, azion.Response?

---@class azion.v4.Client: azion.Client
---@field applications fun(self: azion.v4.Client): azion.v4.ApplicationsCollection
---@field cache_settings fun(self: azion.v4.Client, application: azion.Id): azion.v4.CacheSettingsCollection
---@field device_groups fun(self: azion.v4.Client, application: azion.Id): azion.v4.DeviceGroupsCollection
---@field function_instances fun(self: azion.v4.Client, application: azion.Id): azion.v4.FunctionInstancesCollection
---@field rules fun(self: azion.v4.Client, application: azion.Id, phase: "request"|"response"): azion.v4.RulesCollection
---@field buckets fun(self: azion.v4.Client): azion.v4.BucketsCollection
---@field certificate_revocation_lists fun(self: azion.v4.Client): azion.v4.CertificateRevocationListsCollection
---@field certificates fun(self: azion.v4.Client): azion.v4.CertificatesCollection
---@field connectors fun(self: azion.v4.Client): azion.v4.ConnectorsCollection
---@field custom_pages fun(self: azion.v4.Client): azion.v4.CustomPagesCollection
---@field dns_zones fun(self: azion.v4.Client): azion.v4.DnsZonesCollection
---@field dns_records fun(self: azion.v4.Client, dns_zone: azion.Id): azion.v4.DnsRecordsCollection
---@field firewalls fun(self: azion.v4.Client): azion.v4.FirewallsCollection
---@field firewall_function_instances fun(self: azion.v4.Client, firewall: azion.Id): azion.v4.FirewallFunctionInstancesCollection
---@field firewall_rules fun(self: azion.v4.Client, firewall: azion.Id): azion.v4.FirewallRulesCollection
---@field functions fun(self: azion.v4.Client): azion.v4.FunctionsCollection
---@field network_lists fun(self: azion.v4.Client): azion.v4.NetworkListsCollection
---@field personal_tokens fun(self: azion.v4.Client): azion.v4.PersonalTokensCollection
---@field wafs fun(self: azion.v4.Client): azion.v4.WafsCollection
---@field waf_exceptions fun(self: azion.v4.Client, waf: azion.Id): azion.v4.WafExceptionsCollection
---@field workloads fun(self: azion.v4.Client): azion.v4.WorkloadsCollection
---@field deployments fun(self: azion.v4.Client, workload: azion.Id): azion.v4.DeploymentsCollection

---@class azion.v4.ApplicationFields
---@field name? string required; at most 100 characters
---@field active? boolean default: true
---@field debug? boolean default: false
---@field modules? azion.v4.ApplicationModule

---@class azion.v4.ApplicationModule
---@field cache? azion.v4.ApplicationModuleCache
---@field functions? azion.v4.ApplicationModuleFunction
---@field application_accelerator? azion.v4.ApplicationModuleApplicationAccelerator
---@field image_processor? azion.v4.ApplicationModuleImageProcessor

---@class azion.v4.ApplicationModuleCache
---@field enabled? boolean default: true

---@class azion.v4.ApplicationModuleFunction
---@field enabled? boolean default: true

---@class azion.v4.ApplicationModuleApplicationAccelerator
---@field enabled? boolean default: false

---@class azion.v4.ApplicationModuleImageProcessor
---@field enabled? boolean default: false

---@class azion.v4.Application: azion.v4.ApplicationFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.ApplicationCloneFields
---@field name? string required; at most 100 characters

---@class azion.v4.ApplicationPage: azion.Page
---@field results azion.v4.Application[]

---@class azion.v4.ApplicationsCollection
---@field list fun(self: azion.v4.ApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.ApplicationPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.ApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.ApplicationPage?
---@field each fun(self: azion.v4.ApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Application?
---@field all fun(self: azion.v4.ApplicationsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Application[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.ApplicationsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.ApplicationsCollection, fields: azion.v4.ApplicationFields, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.ApplicationsCollection, id: azion.Id, fields: azion.v4.ApplicationFields, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.ApplicationsCollection, id: azion.Id, fields: azion.v4.ApplicationFields, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.ApplicationsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.ApplicationsCollection, name: string, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?
---@field clone fun(self: azion.v4.ApplicationsCollection, id: azion.Id, fields: azion.v4.ApplicationCloneFields, options?: azion.CallOptions): azion.v4.Application?, azion.Error?, azion.Response?

---@class azion.v4.CacheSettingFields
---@field name? string required; at most 250 characters
---@field browser_cache? azion.v4.CacheSettingBrowserCache
---@field modules? azion.v4.CacheSettingModule

---@class azion.v4.CacheSettingBrowserCache
---@field behavior? "honor"|"override"|"no-cache" default: honor
---@field max_age? integer seconds; 0 to 31536000; default: 0

---@class azion.v4.CacheSettingModule
---@field cache? azion.v4.CacheSettingModuleCache
---@field application_accelerator? azion.v4.CacheSettingModuleApplicationAccelerator

---@class azion.v4.CacheSettingModuleCache
---@field behavior? "honor"|"override" default: honor
---@field max_age? integer seconds; 0 to 31536000; below 60 only with the application's accelerator; default: 60
---@field stale_cache? azion.v4.CacheSettingModuleCacheStaleCache
---@field large_file_cache? azion.v4.CacheSettingModuleCacheLargeFileCache
---@field tiered_cache? azion.v4.CacheSettingModuleCacheTieredCache or null

---@class azion.v4.CacheSettingModuleApplicationAccelerator
---@field cache_vary_by_method? ("options"|"post")[] at most 2 entries
---@field cache_vary_by_querystring? azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByQuerystring
---@field cache_vary_by_cookies? azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByCooky
---@field cache_vary_by_devices? azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByDevice

---@class azion.v4.CacheSettingModuleCacheStaleCache
---@field enabled? boolean default: false

---@class azion.v4.CacheSettingModuleCacheLargeFileCache
---@field enabled? boolean default: false
---@field offset? integer 1024; default: 1024

---@class azion.v4.CacheSettingModuleCacheTieredCache
---@field enabled? boolean default: true
---@field topology? "nearest-region"|"br-east-1"|"us-east-1"

---@class azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByQuerystring
---@field behavior? "ignore"|"all"|"allowlist"|"denylist" default: ignore
---@field fields? string[] required; only with behavior allowlist or denylist
---@field sort_enabled? boolean default: false

---@class azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByCooky
---@field behavior? "ignore"|"all"|"allowlist"|"denylist" default: ignore
---@field cookie_names? string[] required; only with behavior allowlist or denylist

---@class azion.v4.CacheSettingModuleApplicationAcceleratorCacheVaryByDevice
---@field behavior? "ignore"|"allowlist" default: ignore
---@field device_group? (integer|azion.v4.DeviceGroup)[] required; only with behavior allowlist

---@class azion.v4.CacheSetting: azion.v4.CacheSettingFields
---@field id? integer
---@field created_at? string

---@class azion.v4.CacheSettingPage: azion.Page
---@field results azion.v4.CacheSetting[]

---@class azion.v4.CacheSettingsCollection
---@field list fun(self: azion.v4.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CacheSettingPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CacheSettingPage?
---@field each fun(self: azion.v4.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CacheSetting?
---@field all fun(self: azion.v4.CacheSettingsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CacheSetting[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.CacheSettingsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.CacheSetting?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.CacheSettingsCollection, fields: azion.v4.CacheSettingFields, options?: azion.CallOptions): azion.v4.CacheSetting?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.CacheSettingsCollection, id: azion.Id, fields: azion.v4.CacheSettingFields, options?: azion.CallOptions): azion.v4.CacheSetting?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.CacheSettingsCollection, id: azion.Id, fields: azion.v4.CacheSettingFields, options?: azion.CallOptions): azion.v4.CacheSetting?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.CacheSettingsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.CacheSettingsCollection, name: string, options?: azion.CallOptions): azion.v4.CacheSetting?, azion.Error?, azion.Response?

---@class azion.v4.DeviceGroupFields
---@field name? string required; at most 250 characters
---@field user_agent? string required; at most 512 characters; regular expression

---@class azion.v4.DeviceGroup: azion.v4.DeviceGroupFields
---@field id? integer
---@field created_at? string

---@class azion.v4.DeviceGroupPage: azion.Page
---@field results azion.v4.DeviceGroup[]

---@class azion.v4.DeviceGroupsCollection
---@field list fun(self: azion.v4.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DeviceGroupPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DeviceGroupPage?
---@field each fun(self: azion.v4.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DeviceGroup?
---@field all fun(self: azion.v4.DeviceGroupsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DeviceGroup[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.DeviceGroupsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.DeviceGroup?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.DeviceGroupsCollection, fields: azion.v4.DeviceGroupFields, options?: azion.CallOptions): azion.v4.DeviceGroup?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.DeviceGroupsCollection, id: azion.Id, fields: azion.v4.DeviceGroupFields, options?: azion.CallOptions): azion.v4.DeviceGroup?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.DeviceGroupsCollection, id: azion.Id, fields: azion.v4.DeviceGroupFields, options?: azion.CallOptions): azion.v4.DeviceGroup?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.DeviceGroupsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.DeviceGroupsCollection, name: string, options?: azion.CallOptions): azion.v4.DeviceGroup?, azion.Error?, azion.Response?

---@class azion.v4.FunctionInstanceFields
---@field name? string required; at most 100 characters
---@field function? integer|azion.v4.Function required
---@field args? table what the function is called with
---@field azion_form? table JSON schema of a form for the arguments
---@field active? boolean default: true

---@class azion.v4.FunctionInstance: azion.v4.FunctionInstanceFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.FunctionInstancePage: azion.Page
---@field results azion.v4.FunctionInstance[]

---@class azion.v4.FunctionInstancesCollection
---@field list fun(self: azion.v4.FunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FunctionInstancePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.FunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FunctionInstancePage?
---@field each fun(self: azion.v4.FunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FunctionInstance?
---@field all fun(self: azion.v4.FunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FunctionInstance[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.FunctionInstancesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.FunctionInstance?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.FunctionInstancesCollection, fields: azion.v4.FunctionInstanceFields, options?: azion.CallOptions): azion.v4.FunctionInstance?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.FunctionInstancesCollection, id: azion.Id, fields: azion.v4.FunctionInstanceFields, options?: azion.CallOptions): azion.v4.FunctionInstance?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.FunctionInstancesCollection, id: azion.Id, fields: azion.v4.FunctionInstanceFields, options?: azion.CallOptions): azion.v4.FunctionInstance?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.FunctionInstancesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.FunctionInstancesCollection, name: string, options?: azion.CallOptions): azion.v4.FunctionInstance?, azion.Error?, azion.Response?

---@class azion.v4.RuleFields
---@field name? string required; at most 250 characters
---@field active? boolean default: true
---@field description? string at most 1000 characters
---@field criteria? azion.v4.RuleCriteria[][] required; at most 5 entries; groups of conditions
---@field behaviors? azion.v4.RuleBehavior[] required; at most 10 entries

---@class azion.v4.RuleCriteria
---@field conditional? "if"|"and"|"or" required; of the first of a group "if"
---@field variable? string required; `${uri}`, `${host}`, `${http_<name>}`, …
---@field operator? "is_equal"|"is_not_equal"|"starts_with"|"does_not_start_with"|"matches"|"does_not_match"|"is_in_list"|"is_not_in_list"|"exists"|"does_not_exist" required
---@field argument? string|integer|azion.v4.NetworkList or null

---@class azion.v4.RuleBehavior
---@field type? "deliver"|"enable_gzip"|"deny"|"no_content"|"finish_request_phase"|"forward_cookies"|"optimize_images"|"bypass_cache"|"redirect_http_to_https"|"redirect_to_301"|"redirect_to_302"|"add_request_header"|"rewrite_request"|"filter_request_header"|"add_request_cookie"|"filter_request_cookie"|"add_response_header"|"filter_response_header"|"set_cookie"|"filter_response_cookie"|"set_connector"|"set_cache_policy"|"run_function"|"set_origin"|"capture_match_groups" required
---@field attributes? { value: string }|{ value: integer|azion.v4.Connector }|{ value: integer|azion.v4.CacheSetting }|{ value: integer|azion.v4.FunctionInstance }|{ value: integer }|{ subject: string, regex: string, captured_array: string } or null

---@class azion.v4.Rule: azion.v4.RuleFields
---@field id? integer
---@field order? integer 0 to 199
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.RulePage: azion.Page
---@field results azion.v4.Rule[]

---@class azion.v4.RulesCollection
---@field list fun(self: azion.v4.RulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.RulePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.RulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.RulePage?
---@field each fun(self: azion.v4.RulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Rule?
---@field all fun(self: azion.v4.RulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Rule[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.RulesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Rule?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.RulesCollection, fields: azion.v4.RuleFields, options?: azion.CallOptions): azion.v4.Rule?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.RulesCollection, id: azion.Id, fields: azion.v4.RuleFields, options?: azion.CallOptions): azion.v4.Rule?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.RulesCollection, id: azion.Id, fields: azion.v4.RuleFields, options?: azion.CallOptions): azion.v4.Rule?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.RulesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.RulesCollection, name: string, options?: azion.CallOptions): azion.v4.Rule?, azion.Error?, azion.Response?
---@field order fun(self: azion.v4.RulesCollection, ids: azion.Id[], options?: azion.CallOptions): azion.v4.RulePage?, azion.Error?, azion.Response?

---@class azion.v4.BucketFields
---@field name? string required; 6 to 63 characters; letters, digits and hyphens; does not start with azion; create only
---@field workloads_access? "read_only"|"read_write"|"restricted" required

---@class azion.v4.Bucket: azion.v4.BucketFields
---@field last_editor? string
---@field last_modified? string
---@field product_version? string

---@class azion.v4.BucketPage: azion.Page
---@field results azion.v4.Bucket[]

---@class azion.v4.BucketsCollection
---@field list fun(self: azion.v4.BucketsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.BucketPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.BucketsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.BucketPage?
---@field each fun(self: azion.v4.BucketsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Bucket?
---@field all fun(self: azion.v4.BucketsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Bucket[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.BucketsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Bucket?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.BucketsCollection, fields: azion.v4.BucketFields, options?: azion.CallOptions): azion.v4.Bucket?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.BucketsCollection, id: azion.Id, fields: azion.v4.BucketFields, options?: azion.CallOptions): azion.v4.Bucket?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.BucketsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.BucketsCollection, name: string, options?: azion.CallOptions): azion.v4.Bucket?, azion.Error?, azion.Response?

---@class azion.v4.CertificateRevocationListFields
---@field name? string required; at most 250 characters
---@field crl? string required; at most 30720000 characters; PEM
---@field active? boolean cannot be false; default: true

---@class azion.v4.CertificateRevocationList: azion.v4.CertificateRevocationListFields
---@field id? integer
---@field issuer? string
---@field last_update? string
---@field next_update? string
---@field last_editor? string
---@field last_modified? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.CertificateRevocationListPage: azion.Page
---@field results azion.v4.CertificateRevocationList[]

---@class azion.v4.CertificateRevocationListsCollection
---@field list fun(self: azion.v4.CertificateRevocationListsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CertificateRevocationListPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.CertificateRevocationListsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CertificateRevocationListPage?
---@field each fun(self: azion.v4.CertificateRevocationListsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CertificateRevocationList?
---@field all fun(self: azion.v4.CertificateRevocationListsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CertificateRevocationList[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.CertificateRevocationListsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.CertificateRevocationList?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.CertificateRevocationListsCollection, fields: azion.v4.CertificateRevocationListFields, options?: azion.CallOptions): azion.v4.CertificateRevocationList?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.CertificateRevocationListsCollection, id: azion.Id, fields: azion.v4.CertificateRevocationListFields, options?: azion.CallOptions): azion.v4.CertificateRevocationList?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.CertificateRevocationListsCollection, id: azion.Id, fields: azion.v4.CertificateRevocationListFields, options?: azion.CallOptions): azion.v4.CertificateRevocationList?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.CertificateRevocationListsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.CertificateRevocationListsCollection, name: string, options?: azion.CallOptions): azion.v4.CertificateRevocationList?, azion.Error?, azion.Response?

---@class azion.v4.CertificateFields
---@field name? string required; at most 250 characters
---@field certificate? string at most 1000000 characters; PEM; or null; together with `private_key`
---@field private_key? string at most 64000 characters; PEM; or null; secret; never in a reply
---@field type? "edge_certificate"|"trusted_ca_certificate"|string default: edge_certificate; cannot be changed
---@field active? boolean default: true

---@class azion.v4.Certificate: azion.v4.CertificateFields
---@field id? integer
---@field issuer? string
---@field subject_name? string[]
---@field validity? string
---@field managed? boolean
---@field status? "pending"|"challenge_verification"|"active"|"inactive"|"expired"|"failed"|string
---@field status_detail? string
---@field csr? string
---@field challenge? string
---@field authority? string
---@field key_algorithm? string
---@field product_version? string
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field renewed_at? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.CsrFields
---@field name? string required; at most 250 characters
---@field common_name? string required; at most 250 characters
---@field country? string required; 2 characters
---@field state? string required; at most 250 characters
---@field locality? string required; at most 250 characters
---@field organization? string required; at most 250 characters
---@field organization_unity? string required; at most 250 characters
---@field email? string required
---@field alternative_names? string[]
---@field key_algorithm? "rsa_2048"|"rsa_4096"|"ecc_384" default: rsa_2048

---@class azion.v4.CertificateRequestFields
---@field name? string required; at most 250 characters
---@field challenge? "dns"|"http" required
---@field authority? "lets_encrypt" required
---@field common_name? string required; at most 64 characters
---@field alternative_names? string[]
---@field key_algorithm? "rsa_2048"|"rsa_4096"|"ecc_384" default: ecc_384
---@field source_certificate? integer|azion.v4.Certificate the one to renew; or null

---@class azion.v4.CertificatePage: azion.Page
---@field results azion.v4.Certificate[]

---@class azion.v4.CertificatesCollection
---@field list fun(self: azion.v4.CertificatesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CertificatePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.CertificatesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CertificatePage?
---@field each fun(self: azion.v4.CertificatesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Certificate?
---@field all fun(self: azion.v4.CertificatesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Certificate[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.CertificatesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.CertificatesCollection, fields: azion.v4.CertificateFields, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.CertificatesCollection, id: azion.Id, fields: azion.v4.CertificateFields, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.CertificatesCollection, id: azion.Id, fields: azion.v4.CertificateFields, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.CertificatesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.CertificatesCollection, name: string, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field create_csr fun(self: azion.v4.CertificatesCollection, fields: azion.v4.CsrFields, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?
---@field request fun(self: azion.v4.CertificatesCollection, fields: azion.v4.CertificateRequestFields, options?: azion.CallOptions): azion.v4.Certificate?, azion.Error?, azion.Response?

---@class azion.v4.ConnectorFields
---@field name? string required; at most 255 characters
---@field active? boolean default: true
---@field type? "http"|"storage"|"live_ingest" required
---@field attributes? azion.v4.ConnectorAttributeHttp|{ bucket: string|integer|azion.v4.Bucket, prefix: string }|{ region: "us-east-1"|"us-east-2"|"br-east-1"|"br-east-2"|"br-east-3" }

---@class azion.v4.ConnectorAttributeHttp
---@field addresses? azion.v4.ConnectorAttributeHttpAddress[] required; exactly one unless the load balancer is enabled
---@field connection_options? azion.v4.ConnectorAttributeHttpConnectionOption
---@field modules? azion.v4.ConnectorAttributeHttpModule

---@class azion.v4.ConnectorAttributeHttpAddress
---@field address? string required; at most 255 characters; host name or IP address
---@field active? boolean default: true
---@field http_port? integer 1 to 65535; default: 80
---@field https_port? integer 1 to 65535; default: 443
---@field modules? azion.v4.ConnectorAttributeHttpAddressModule null unless the load balancer is enabled; or null

---@class azion.v4.ConnectorAttributeHttpConnectionOption
---@field dns_resolution? "both"|"force_ipv4" default: both
---@field transport_policy? "preserve"|"force_https"|"force_http" default: preserve
---@field http_version_policy? "http1_1" default: http1_1
---@field host? string at most 255 characters; `${host}` passes the visitor's on; default: ${host}
---@field path_prefix? string at most 255 characters
---@field following_redirect? boolean default: false
---@field real_ip_header? string at most 100 characters; default: X-Real-IP
---@field real_port_header? string at most 100 characters; default: X-Real-PORT

---@class azion.v4.ConnectorAttributeHttpModule
---@field load_balancer? azion.v4.ConnectorAttributeHttpModuleLoadBalancer
---@field origin_shield? azion.v4.ConnectorAttributeHttpModuleOriginShield

---@class azion.v4.ConnectorAttributeHttpAddressModule
---@field load_balancer? azion.v4.ConnectorAttributeHttpAddressModuleLoadBalancer or null

---@class azion.v4.ConnectorAttributeHttpModuleLoadBalancer
---@field enabled? boolean default: false
---@field config? azion.v4.ConnectorAttributeHttpModuleLoadBalancerConfig only with enabled; or null

---@class azion.v4.ConnectorAttributeHttpModuleOriginShield
---@field enabled? boolean default: false
---@field config? azion.v4.ConnectorAttributeHttpModuleOriginShieldConfig only with enabled; or null

---@class azion.v4.ConnectorAttributeHttpAddressModuleLoadBalancer
---@field server_role? "primary"|"backup" default: primary
---@field weight? integer 1 to 100; default: 1

---@class azion.v4.ConnectorAttributeHttpModuleLoadBalancerConfig
---@field method? "round_robin"|"least_conn"|"ip_hash" default: round_robin
---@field max_retries? integer 0 to 20; default: 0
---@field connection_timeout? integer seconds; 1 to 300; default: 60
---@field read_write_timeout? integer seconds; 1 to 600; default: 120

---@class azion.v4.ConnectorAttributeHttpModuleOriginShieldConfig
---@field origin_ip_acl? azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigOriginIpAcl
---@field hmac? azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmac

---@class azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigOriginIpAcl
---@field enabled? boolean default: false

---@class azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmac
---@field enabled? boolean required
---@field config? azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmacConfig only with enabled; or null

---@class azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmacConfig
---@field type? "aws4_hmac_sha256" required
---@field attributes? azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmacConfigAttribute required

---@class azion.v4.ConnectorAttributeHttpModuleOriginShieldConfigHmacConfigAttribute
---@field region? string required; at most 255 characters
---@field service? string at most 255 characters; default: s3
---@field access_key? string required; at most 255 characters; secret
---@field secret_key? string required; at most 255 characters; secret

---@class azion.v4.Connector: azion.v4.ConnectorFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.ConnectorPage: azion.Page
---@field results azion.v4.Connector[]

---@class azion.v4.ConnectorsCollection
---@field list fun(self: azion.v4.ConnectorsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.ConnectorPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.ConnectorsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.ConnectorPage?
---@field each fun(self: azion.v4.ConnectorsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Connector?
---@field all fun(self: azion.v4.ConnectorsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Connector[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.ConnectorsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Connector?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.ConnectorsCollection, fields: azion.v4.ConnectorFields, options?: azion.CallOptions): azion.v4.Connector?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.ConnectorsCollection, id: azion.Id, fields: azion.v4.ConnectorFields, options?: azion.CallOptions): azion.v4.Connector?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.ConnectorsCollection, id: azion.Id, fields: azion.v4.ConnectorFields, options?: azion.CallOptions): azion.v4.Connector?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.ConnectorsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.ConnectorsCollection, name: string, options?: azion.CallOptions): azion.v4.Connector?, azion.Error?, azion.Response?

---@class azion.v4.CustomPageFields
---@field name? string required; at most 255 characters
---@field active? boolean default: true
---@field pages? azion.v4.CustomPagePage[] required

---@class azion.v4.CustomPagePage
---@field code? "default"|"400"|"401"|"403"|"404"|"405"|"406"|"408"|"409"|"410"|"411"|"414"|"415"|"416"|"426"|"429"|"431"|"500"|"501"|"502"|"503"|"504"|"505" required
---@field page? azion.v4.CustomPagePagePage required

---@class azion.v4.CustomPagePagePage
---@field type? "page_connector" default: page_connector
---@field attributes? azion.v4.CustomPagePagePageAttribute required

---@class azion.v4.CustomPagePagePageAttribute
---@field connector? integer|azion.v4.Connector required
---@field ttl? integer seconds; 0 to 31536000; default: 0
---@field uri? string at most 250 characters; or null
---@field custom_status_code? integer 100 to 599; or null

---@class azion.v4.CustomPage: azion.v4.CustomPageFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.CustomPagePage: azion.Page
---@field results azion.v4.CustomPage[]

---@class azion.v4.CustomPagesCollection
---@field list fun(self: azion.v4.CustomPagesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CustomPagePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.CustomPagesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CustomPagePage?
---@field each fun(self: azion.v4.CustomPagesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.CustomPage?
---@field all fun(self: azion.v4.CustomPagesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.CustomPage[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.CustomPagesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.CustomPage?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.CustomPagesCollection, fields: azion.v4.CustomPageFields, options?: azion.CallOptions): azion.v4.CustomPage?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.CustomPagesCollection, id: azion.Id, fields: azion.v4.CustomPageFields, options?: azion.CallOptions): azion.v4.CustomPage?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.CustomPagesCollection, id: azion.Id, fields: azion.v4.CustomPageFields, options?: azion.CallOptions): azion.v4.CustomPage?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.CustomPagesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.CustomPagesCollection, name: string, options?: azion.CallOptions): azion.v4.CustomPage?, azion.Error?, azion.Response?

---@class azion.v4.DNSZoneFields
---@field name? string required; at most 50 characters
---@field domain? string required; at most 200 characters; create only
---@field active? boolean required

---@class azion.v4.DNSZone: azion.v4.DNSZoneFields
---@field id? integer
---@field nameservers? string[]
---@field product_version? string

---@class azion.v4.DNSZonePage: azion.Page
---@field results azion.v4.DNSZone[]

---@class azion.v4.DnsZonesCollection
---@field list fun(self: azion.v4.DnsZonesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DNSZonePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.DnsZonesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DNSZonePage?
---@field each fun(self: azion.v4.DnsZonesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DNSZone?
---@field all fun(self: azion.v4.DnsZonesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DNSZone[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.DnsZonesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.DNSZone?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.DnsZonesCollection, fields: azion.v4.DNSZoneFields, options?: azion.CallOptions): azion.v4.DNSZone?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.DnsZonesCollection, id: azion.Id, fields: azion.v4.DNSZoneFields, options?: azion.CallOptions): azion.v4.DNSZone?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.DnsZonesCollection, id: azion.Id, fields: azion.v4.DNSZoneFields, options?: azion.CallOptions): azion.v4.DNSZone?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.DnsZonesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.DnsZonesCollection, name: string, options?: azion.CallOptions): azion.v4.DNSZone?, azion.Error?, azion.Response?
---@field dnssec fun(self: azion.v4.DnsZonesCollection, id: azion.Id): azion.v4.DnssecObject

---@class azion.v4.DNSRecordFields
---@field name? string required; at most 255 characters; "@" for the zone itself
---@field type? "A"|"AAAA"|"ANAME"|"CNAME"|"MX"|"NS"|"PTR"|"SRV"|"TXT"|"CAA"|"DS" required
---@field rdata? string[] required
---@field ttl? integer seconds; 1 to 2147483647; default: 3600
---@field description? string at most 45 characters
---@field policy? "simple"|"weighted" weighted only for A, AAAA, CNAME, ANAME and MX; default: simple
---@field weight? integer 0 to 255; default: 255

---@class azion.v4.DNSRecord: azion.v4.DNSRecordFields
---@field id? integer

---@class azion.v4.DNSRecordPage: azion.Page
---@field results azion.v4.DNSRecord[]

---@class azion.v4.DnsRecordsCollection
---@field list fun(self: azion.v4.DnsRecordsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DNSRecordPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.DnsRecordsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DNSRecordPage?
---@field each fun(self: azion.v4.DnsRecordsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DNSRecord?
---@field all fun(self: azion.v4.DnsRecordsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DNSRecord[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.DnsRecordsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.DNSRecord?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.DnsRecordsCollection, fields: azion.v4.DNSRecordFields, options?: azion.CallOptions): azion.v4.DNSRecord?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.DnsRecordsCollection, id: azion.Id, fields: azion.v4.DNSRecordFields, options?: azion.CallOptions): azion.v4.DNSRecord?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.DnsRecordsCollection, id: azion.Id, fields: azion.v4.DNSRecordFields, options?: azion.CallOptions): azion.v4.DNSRecord?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.DnsRecordsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.DnsRecordsCollection, name: string, options?: azion.CallOptions): azion.v4.DNSRecord?, azion.Error?, azion.Response?

---@class azion.v4.DNSSECFields
---@field enabled? boolean required

---@class azion.v4.DNSSEC: azion.v4.DNSSECFields
---@field status? "unconfigured"|"waiting"|"ready"
---@field delegation_signer? azion.v4.DNSSECDelegationSigner

---@class azion.v4.DNSSECDelegationSigner
---@field algorithm_type? azion.v4.DNSSECDelegationSignerAlgorithmType
---@field digest? string
---@field digest_type? azion.v4.DNSSECDelegationSignerDigestType
---@field key_tag? integer

---@class azion.v4.DNSSECDelegationSignerAlgorithmType
---@field id? integer
---@field slug? string

---@class azion.v4.DNSSECDelegationSignerDigestType
---@field id? integer
---@field slug? string

---@class azion.v4.DnssecObject
---@field get fun(self: azion.v4.DnssecObject, options?: azion.CallOptions): azion.v4.DNSSEC?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.DnssecObject, fields: azion.v4.DNSSECFields, options?: azion.CallOptions): azion.v4.DNSSEC?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.DnssecObject, fields: azion.v4.DNSSECFields, options?: azion.CallOptions): azion.v4.DNSSEC?, azion.Error?, azion.Response?

---@class azion.v4.FirewallFields
---@field name? string required; at most 250 characters
---@field active? boolean default: true
---@field debug? boolean default: false
---@field modules? azion.v4.FirewallModule

---@class azion.v4.FirewallModule
---@field functions? azion.v4.FirewallModuleFunction
---@field network_protection? azion.v4.FirewallModuleNetworkProtection
---@field waf? azion.v4.FirewallModuleWaf
---@field ddos_protection? azion.v4.FirewallModuleDdosProtection always on

---@class azion.v4.FirewallModuleFunction
---@field enabled? boolean default: true

---@class azion.v4.FirewallModuleNetworkProtection
---@field enabled? boolean default: true

---@class azion.v4.FirewallModuleWaf
---@field enabled? boolean true where `waf` is sent without it; default: false

---@class azion.v4.FirewallModuleDdosProtection
---@field enabled? boolean

---@class azion.v4.Firewall: azion.v4.FirewallFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.FirewallCloneFields
---@field name? string required; at most 250 characters

---@class azion.v4.FirewallPage: azion.Page
---@field results azion.v4.Firewall[]

---@class azion.v4.FirewallsCollection
---@field list fun(self: azion.v4.FirewallsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FirewallPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.FirewallsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FirewallPage?
---@field each fun(self: azion.v4.FirewallsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Firewall?
---@field all fun(self: azion.v4.FirewallsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Firewall[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.FirewallsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.FirewallsCollection, fields: azion.v4.FirewallFields, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.FirewallsCollection, id: azion.Id, fields: azion.v4.FirewallFields, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.FirewallsCollection, id: azion.Id, fields: azion.v4.FirewallFields, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.FirewallsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.FirewallsCollection, name: string, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?
---@field clone fun(self: azion.v4.FirewallsCollection, id: azion.Id, fields: azion.v4.FirewallCloneFields, options?: azion.CallOptions): azion.v4.Firewall?, azion.Error?, azion.Response?

---@class azion.v4.FirewallFunctionInstanceFields
---@field name? string required; at most 100 characters
---@field function? integer|azion.v4.Function required
---@field args? table what the function is called with
---@field azion_form? table JSON schema of a form for the arguments
---@field active? boolean default: true

---@class azion.v4.FirewallFunctionInstance: azion.v4.FirewallFunctionInstanceFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.FirewallFunctionInstancePage: azion.Page
---@field results azion.v4.FirewallFunctionInstance[]

---@class azion.v4.FirewallFunctionInstancesCollection
---@field list fun(self: azion.v4.FirewallFunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FirewallFunctionInstancePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.FirewallFunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FirewallFunctionInstancePage?
---@field each fun(self: azion.v4.FirewallFunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FirewallFunctionInstance?
---@field all fun(self: azion.v4.FirewallFunctionInstancesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.FirewallFunctionInstancesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.FirewallFunctionInstancesCollection, fields: azion.v4.FirewallFunctionInstanceFields, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.FirewallFunctionInstancesCollection, id: azion.Id, fields: azion.v4.FirewallFunctionInstanceFields, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.FirewallFunctionInstancesCollection, id: azion.Id, fields: azion.v4.FirewallFunctionInstanceFields, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.FirewallFunctionInstancesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.FirewallFunctionInstancesCollection, name: string, options?: azion.CallOptions): azion.v4.FirewallFunctionInstance?, azion.Error?, azion.Response?

---@class azion.v4.FirewallRuleFields
---@field name? string required; at most 250 characters
---@field active? boolean default: true
---@field description? string at most 1000 characters
---@field criteria? azion.v4.FirewallRuleCriteria[][] required; at most 5 entries; groups of conditions
---@field behaviors? azion.v4.FirewallRuleBehavior[] required; at most 10 entries

---@class azion.v4.FirewallRuleCriteria
---@field conditional? "if"|"and"|"or" required; of the first of a group "if"
---@field variable? "${header_accept}"|"${header_accept_encoding}"|"${header_accept_language}"|"${header_cookie}"|"${header_origin}"|"${header_referer}"|"${header_user_agent}"|"${host}"|"${network}"|"${request_args}"|"${request_method}"|"${request_uri}"|"${scheme}"|"${ssl_verification_status}"|"${client_certificate_validation}" required
---@field operator? "is_equal"|"is_not_equal"|"starts_with"|"does_not_start_with"|"matches"|"does_not_match"|"is_in_list"|"is_not_in_list"|"exists"|"does_not_exist" required
---@field argument? string|integer|azion.v4.NetworkList or null

---@class azion.v4.FirewallRuleBehavior
---@field type? "deny"|"drop"|"run_function"|"set_waf"|"set_rate_limit"|"set_custom_response" required
---@field attributes? { value: integer|azion.v4.FirewallFunctionInstance }|{ waf_id: integer|azion.v4.WAF, mode: "logging"|"blocking" }|{ type: "second"|"minute", limit_by: "client_ip"|"global", average_rate_limit: integer, maximum_burst_size: integer }|{ status_code: integer, content_type: string, content_body: string } or null

---@class azion.v4.FirewallRule: azion.v4.FirewallRuleFields
---@field id? integer
---@field order? integer 0 to 199
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.FirewallRulePage: azion.Page
---@field results azion.v4.FirewallRule[]

---@class azion.v4.FirewallRulesCollection
---@field list fun(self: azion.v4.FirewallRulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FirewallRulePage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.FirewallRulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FirewallRulePage?
---@field each fun(self: azion.v4.FirewallRulesCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FirewallRule?
---@field all fun(self: azion.v4.FirewallRulesCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FirewallRule[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.FirewallRulesCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.FirewallRule?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.FirewallRulesCollection, fields: azion.v4.FirewallRuleFields, options?: azion.CallOptions): azion.v4.FirewallRule?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.FirewallRulesCollection, id: azion.Id, fields: azion.v4.FirewallRuleFields, options?: azion.CallOptions): azion.v4.FirewallRule?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.FirewallRulesCollection, id: azion.Id, fields: azion.v4.FirewallRuleFields, options?: azion.CallOptions): azion.v4.FirewallRule?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.FirewallRulesCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.FirewallRulesCollection, name: string, options?: azion.CallOptions): azion.v4.FirewallRule?, azion.Error?, azion.Response?
---@field order fun(self: azion.v4.FirewallRulesCollection, ids: azion.Id[], options?: azion.CallOptions): azion.v4.FirewallRulePage?, azion.Error?, azion.Response?

---@class azion.v4.FunctionFields
---@field name? string required; at most 250 characters
---@field code? string required; at most 52428800 characters
---@field active? boolean default: true
---@field runtime? "azion_js"|string default: azion_js
---@field execution_environment? "application"|"firewall" default: application
---@field default_args? table
---@field azion_form? table JSON schema of a form for the arguments

---@class azion.v4.Function: azion.v4.FunctionFields
---@field id? integer
---@field reference_count? integer
---@field version? string
---@field vendor? string
---@field product_version? string
---@field last_editor? string
---@field last_modified? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.FunctionPage: azion.Page
---@field results azion.v4.Function[]

---@class azion.v4.FunctionsCollection
---@field list fun(self: azion.v4.FunctionsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.FunctionPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.FunctionsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.FunctionPage?
---@field each fun(self: azion.v4.FunctionsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Function?
---@field all fun(self: azion.v4.FunctionsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Function[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.FunctionsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Function?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.FunctionsCollection, fields: azion.v4.FunctionFields, options?: azion.CallOptions): azion.v4.Function?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.FunctionsCollection, id: azion.Id, fields: azion.v4.FunctionFields, options?: azion.CallOptions): azion.v4.Function?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.FunctionsCollection, id: azion.Id, fields: azion.v4.FunctionFields, options?: azion.CallOptions): azion.v4.Function?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.FunctionsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.FunctionsCollection, name: string, options?: azion.CallOptions): azion.v4.Function?, azion.Error?, azion.Response?

---@class azion.v4.NetworkListFields
---@field name? string required; at most 250 characters
---@field type? "asn"|"countries"|"ip_cidr" required
---@field items? string[] required; at most 20000 entries; numbers of autonomous systems, countries of two letters, or addresses
---@field active? boolean default: true

---@class azion.v4.NetworkList: azion.v4.NetworkListFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.NetworkListPage: azion.Page
---@field results azion.v4.NetworkList[]

---@class azion.v4.NetworkListsCollection
---@field list fun(self: azion.v4.NetworkListsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.NetworkListPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.NetworkListsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.NetworkListPage?
---@field each fun(self: azion.v4.NetworkListsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.NetworkList?
---@field all fun(self: azion.v4.NetworkListsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.NetworkList[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.NetworkListsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.NetworkList?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.NetworkListsCollection, fields: azion.v4.NetworkListFields, options?: azion.CallOptions): azion.v4.NetworkList?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.NetworkListsCollection, id: azion.Id, fields: azion.v4.NetworkListFields, options?: azion.CallOptions): azion.v4.NetworkList?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.NetworkListsCollection, id: azion.Id, fields: azion.v4.NetworkListFields, options?: azion.CallOptions): azion.v4.NetworkList?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.NetworkListsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.NetworkListsCollection, name: string, options?: azion.CallOptions): azion.v4.NetworkList?, azion.Error?, azion.Response?

---@class azion.v4.PersonalTokenFields
---@field name? string required; at most 255 characters
---@field description? string or null
---@field expires_at? string required; "2027-07-26T00:00"

---@class azion.v4.PersonalToken: azion.v4.PersonalTokenFields
---@field uuid? string the id in paths
---@field key? string the token itself, in the reply to create only; secret
---@field user_id? integer
---@field created? string

---@class azion.v4.PersonalTokenPage: azion.Page
---@field results azion.v4.PersonalToken[]

---@class azion.v4.PersonalTokensCollection
---@field list fun(self: azion.v4.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.PersonalTokenPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.PersonalTokenPage?
---@field each fun(self: azion.v4.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.PersonalToken?
---@field all fun(self: azion.v4.PersonalTokensCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.PersonalToken[]?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.PersonalTokensCollection, fields: azion.v4.PersonalTokenFields, options?: azion.CallOptions): azion.v4.PersonalToken?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.PersonalTokensCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.PersonalTokensCollection, name: string, options?: azion.CallOptions): azion.v4.PersonalToken?, azion.Error?, azion.Response?

---@class azion.v4.WAFFields
---@field name? string required; at most 250 characters
---@field active? boolean default: true
---@field engine_settings? azion.v4.WAFEngineSetting

---@class azion.v4.WAFEngineSetting
---@field engine_version? "2021-Q3" default: 2021-Q3
---@field type? "score" default: score
---@field attributes? azion.v4.WAFEngineSettingAttribute

---@class azion.v4.WAFEngineSettingAttribute
---@field rulesets? 1[] default: 1
---@field thresholds? azion.v4.WAFEngineSettingAttributeThreshold[] at most 8 entries

---@class azion.v4.WAFEngineSettingAttributeThreshold
---@field threat? "cross_site_scripting"|"directory_traversal"|"evading_tricks"|"file_upload"|"identified_attack"|"remote_file_inclusion"|"sql_injection"|"unwanted_access" required
---@field sensitivity? "highest"|"high"|"medium"|"low"|"lowest" default: medium

---@class azion.v4.WAF: azion.v4.WAFFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.WAFCloneFields
---@field name? string required; at most 250 characters

---@class azion.v4.WAFPage: azion.Page
---@field results azion.v4.WAF[]

---@class azion.v4.WafsCollection
---@field list fun(self: azion.v4.WafsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.WAFPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.WafsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.WAFPage?
---@field each fun(self: azion.v4.WafsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.WAF?
---@field all fun(self: azion.v4.WafsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.WAF[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.WafsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.WafsCollection, fields: azion.v4.WAFFields, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.WafsCollection, id: azion.Id, fields: azion.v4.WAFFields, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.WafsCollection, id: azion.Id, fields: azion.v4.WAFFields, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.WafsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.WafsCollection, name: string, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?
---@field clone fun(self: azion.v4.WafsCollection, id: azion.Id, fields: azion.v4.WAFCloneFields, options?: azion.CallOptions): azion.v4.WAF?, azion.Error?, azion.Response?

---@class azion.v4.WAFExceptionFields
---@field name? string required; at most 255 characters
---@field rule_id? 0|1|2|10|11|12|13|14|15|16|17|18|1000|1001|1002|1003|1004|1005|1006|1007|1008|1009|1010|1011|1013|1015|1016|1017|1100|1101|1102|1103|1104|1105|1106|1107|1108|1109|1110|1198|1199|1200|1202|1203|1204|1205|1206|1207|1208|1209|1210|1302|1303|1310|1311|1312|1314|1315|1400|1401|1402|1500|2001 0: all rules; default: 0
---@field path? string at most 255 characters; or null
---@field conditions? azion.v4.WAFExceptionCondition[] required
---@field operator? "regex"|"contains" default: contains
---@field active? boolean default: true

---@class azion.v4.WAFExceptionCondition
---@field match? "any_http_header_name"|"any_http_header_value"|"any_query_string_name"|"any_query_string_value"|"any_url"|"body_form_field_name"|"body_form_field_value"|"file_extension"|"raw_body"|"specific_body_form_field_name"|"specific_http_header_name"|"specific_query_string_name"|"specific_body_form_field_value"|"specific_http_header_value"|"specific_query_string_value" required
---@field name? string required; only with match specific_body_form_field_name or specific_http_header_name or specific_query_string_name
---@field value? string required; only with match specific_body_form_field_value or specific_http_header_value or specific_query_string_value

---@class azion.v4.WAFException: azion.v4.WAFExceptionFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.WAFExceptionPage: azion.Page
---@field results azion.v4.WAFException[]

---@class azion.v4.WafExceptionsCollection
---@field list fun(self: azion.v4.WafExceptionsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.WAFExceptionPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.WafExceptionsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.WAFExceptionPage?
---@field each fun(self: azion.v4.WafExceptionsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.WAFException?
---@field all fun(self: azion.v4.WafExceptionsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.WAFException[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.WafExceptionsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.WAFException?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.WafExceptionsCollection, fields: azion.v4.WAFExceptionFields, options?: azion.CallOptions): azion.v4.WAFException?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.WafExceptionsCollection, id: azion.Id, fields: azion.v4.WAFExceptionFields, options?: azion.CallOptions): azion.v4.WAFException?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.WafExceptionsCollection, id: azion.Id, fields: azion.v4.WAFExceptionFields, options?: azion.CallOptions): azion.v4.WAFException?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.WafExceptionsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.WafExceptionsCollection, name: string, options?: azion.CallOptions): azion.v4.WAFException?, azion.Error?, azion.Response?

---@class azion.v4.WorkloadFields
---@field name? string required; at most 100 characters
---@field active? boolean default: true
---@field infrastructure? 1|2 1: production, 2: staging; default: 1
---@field tls? azion.v4.WorkloadTl
---@field protocols? azion.v4.WorkloadProtocol
---@field mtls? azion.v4.WorkloadMtl
---@field domains? string[]
---@field workload_domain_allow_access? boolean

---@class azion.v4.WorkloadTl
---@field certificate? integer|azion.v4.Certificate or null
---@field ciphers? 1|2|3|4|5|6|7|8 1: TLSv1.2_2018, 2: TLSv1.2_2019, 3: TLSv1.3_2022, 4: TLSv1.2_2021, 5: Legacy_v2025Q1, 6: Compatible_v2025Q1, 7: Modern_v2025Q1, 8: Legacy_v2017Q1
---@field minimum_version? "tls_1_0"|"tls_1_1"|"tls_1_2"|"tls_1_3"|"" or null; default: tls_1_3

---@class azion.v4.WorkloadProtocol
---@field http? azion.v4.WorkloadProtocolHttp

---@class azion.v4.WorkloadMtl
---@field enabled? boolean or null; default: false
---@field config? azion.v4.WorkloadMtlConfig or null

---@class azion.v4.WorkloadProtocolHttp
---@field versions? ("http1"|"http2"|"http3")[] at most 3 entries
---@field http_ports? integer[] at most 4 entries; 80, 8008, 8080, 8880; default: 80
---@field https_ports? integer[] at most 12 entries; 443, 8443, 9440 to 9443, 7777, 8888, 9553, 9653, 8035, 8090; null: no HTTPS; or null; default: 443
---@field quic_ports? integer[] at most 12 entries; 443; null without http3; or null; default: 443

---@class azion.v4.WorkloadMtlConfig
---@field certificate? integer|azion.v4.Certificate or null
---@field crl? (integer|azion.v4.CertificateRevocationList)[] at most 100 entries; or null
---@field verification? "enforce"|"permissive" or null

---@class azion.v4.Workload: azion.v4.WorkloadFields
---@field id? integer
---@field workload_domain? string ….map.azionedge.net
---@field last_editor? string
---@field last_modified? string
---@field created_at? string
---@field product_version? string
---@field version_id? string
---@field version_state? string

---@class azion.v4.WorkloadPage: azion.Page
---@field results azion.v4.Workload[]

---@class azion.v4.WorkloadsCollection
---@field list fun(self: azion.v4.WorkloadsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.WorkloadPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.WorkloadsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.WorkloadPage?
---@field each fun(self: azion.v4.WorkloadsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Workload?
---@field all fun(self: azion.v4.WorkloadsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Workload[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.WorkloadsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Workload?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.WorkloadsCollection, fields: azion.v4.WorkloadFields, options?: azion.CallOptions): azion.v4.Workload?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.WorkloadsCollection, id: azion.Id, fields: azion.v4.WorkloadFields, options?: azion.CallOptions): azion.v4.Workload?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.WorkloadsCollection, id: azion.Id, fields: azion.v4.WorkloadFields, options?: azion.CallOptions): azion.v4.Workload?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.WorkloadsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.WorkloadsCollection, name: string, options?: azion.CallOptions): azion.v4.Workload?, azion.Error?, azion.Response?

---@class azion.v4.DeploymentFields
---@field name? string required; at most 254 characters
---@field current? boolean default: true
---@field active? boolean default: true
---@field strategy? azion.v4.DeploymentStrategy required

---@class azion.v4.DeploymentStrategy
---@field type? "default" default: default
---@field attributes? azion.v4.DeploymentStrategyAttribute required

---@class azion.v4.DeploymentStrategyAttribute
---@field application? integer|azion.v4.Application required
---@field firewall? integer|azion.v4.Firewall or null
---@field custom_page? integer|azion.v4.CustomPage or null

---@class azion.v4.Deployment: azion.v4.DeploymentFields
---@field id? integer
---@field last_editor? string
---@field last_modified? string
---@field created_at? string

---@class azion.v4.DeploymentPage: azion.Page
---@field results azion.v4.Deployment[]

---@class azion.v4.DeploymentsCollection
---@field list fun(self: azion.v4.DeploymentsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.DeploymentPage?, azion.Error?, azion.Response?
---@field pages fun(self: azion.v4.DeploymentsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.DeploymentPage?
---@field each fun(self: azion.v4.DeploymentsCollection, query?: azion.Query, options?: azion.CallOptions): fun(): azion.v4.Deployment?
---@field all fun(self: azion.v4.DeploymentsCollection, query?: azion.Query, options?: azion.CallOptions): azion.v4.Deployment[]?, azion.Error?, azion.Response?
---@field get fun(self: azion.v4.DeploymentsCollection, id: azion.Id, options?: azion.CallOptions): azion.v4.Deployment?, azion.Error?, azion.Response?
---@field create fun(self: azion.v4.DeploymentsCollection, fields: azion.v4.DeploymentFields, options?: azion.CallOptions): azion.v4.Deployment?, azion.Error?, azion.Response?
---@field overwrite fun(self: azion.v4.DeploymentsCollection, id: azion.Id, fields: azion.v4.DeploymentFields, options?: azion.CallOptions): azion.v4.Deployment?, azion.Error?, azion.Response?
---@field update fun(self: azion.v4.DeploymentsCollection, id: azion.Id, fields: azion.v4.DeploymentFields, options?: azion.CallOptions): azion.v4.Deployment?, azion.Error?, azion.Response?
---@field delete fun(self: azion.v4.DeploymentsCollection, id: azion.Id, options?: azion.CallOptions): true?, azion.Error?, azion.Response?
---@field find fun(self: azion.v4.DeploymentsCollection, name: string, options?: azion.CallOptions): azion.v4.Deployment?, azion.Error?, azion.Response?

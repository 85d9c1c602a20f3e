---@meta azion.types
--- The fields of every resource, for editors (LuaLS). Nothing requires this file.
---
--- A class called `…Fields` holds what can be written; the class without that word adds what only the API sets.
--- Every field may be absent from a reply. What the API leaves out of lists is said at the class.

---@alias azion.Id string|integer|table an id, or an item that has one

---@class azion.Client
---@field edge_applications fun(self: azion.Client): azion.Collection of azion.EdgeApplication
---@field origins fun(self: azion.Client, application: azion.Id): azion.Collection of azion.Origin
---@field cache_settings fun(self: azion.Client, application: azion.Id): azion.Collection of azion.CacheSetting
---@field rules fun(self: azion.Client, application: azion.Id, phase: "request"|"response"): azion.Collection of azion.Rule
---@field device_groups fun(self: azion.Client, application: azion.Id): azion.Collection of azion.DeviceGroup
---@field functions_instances fun(self: azion.Client, application: azion.Id): azion.Collection of azion.FunctionsInstance
---@field error_responses fun(self: azion.Client, application: azion.Id): azion.Collection of azion.ErrorResponses
---@field domains fun(self: azion.Client): azion.Collection of azion.Domain
---@field digital_certificates fun(self: azion.Client): azion.DigitalCertificates
---@field personal_tokens fun(self: azion.Client): azion.Collection of azion.PersonalToken
---@field variables fun(self: azion.Client): azion.Collection of azion.Variable

--- Of azion.DigitalCertificate.
---@class azion.DigitalCertificates: azion.Collection
---@field create_csr fun(self: azion.DigitalCertificates, fields: azion.CsrFields, options?: azion.CallOptions): azion.DigitalCertificate?, azion.Error?, azion.Response?

---@class azion.EdgeApplicationFields
---@field name? string needed on create and overwrite
---@field delivery_protocol? "http"|"https"|"http,https" default: "http"
---@field http_port? integer|integer[] 80, 8008, 8080
---@field https_port? integer|integer[] 443, 8443, 9440 to 9443
---@field minimum_tls_version? ""|"tls_1_0"|"tls_1_1"|"tls_1_2"|"tls_1_3"
---@field supported_ciphers? "all"|"TLSv1.2_2018"|"TLSv1.2_2019"|"TLSv1.2_2021"|"TLSv1.3_2022"
---@field http3? boolean
---@field websocket? boolean null where the contract lacks it
---@field debug_rules? boolean
---@field l2_caching? boolean
---@field application_acceleration? boolean
---@field active? boolean
---@field device_detection? boolean
---@field edge_firewall? boolean
---@field edge_functions? boolean
---@field image_optimization? boolean
---@field load_balancer? boolean
---@field raw_logs? boolean
---@field web_application_firewall? boolean
---@field origin_type? "single_origin"|"load_balancer" create only
---@field address? string create only
---@field origin_protocol_policy? "preserve"|"http"|"https" create only
---@field host_header? string create only
---@field browser_cache_settings? "honor"|"override"|"ignore" create only
---@field browser_cache_settings_maximum_ttl? integer seconds; create only
---@field cdn_cache_settings? "honor"|"override" create only
---@field cdn_cache_settings_maximum_ttl? integer seconds; create only

--- In lists only id, name, active, debug_rules, last_editor, last_modified and origins.
---@class azion.EdgeApplication: azion.EdgeApplicationFields
---@field id integer
---@field caching? boolean
---@field last_editor? string in lists
---@field last_modified? string in lists
---@field origins? { name: string, origin_type: string, origin_id: string }[] in lists; origin_id is the origin_key there

---@class azion.OriginFields
---@field name? string needed on create and overwrite
---@field origin_type? "single_origin"|"load_balancer"|"object_storage"|"live_ingest" default: "single_origin"
---@field addresses? azion.OriginAddress[] single_origin: exactly one
---@field origin_protocol_policy? "preserve"|"http"|"https" default: "preserve"
---@field is_origin_redirection_enabled? boolean
---@field host_header? string "${host}" passes the visitor's on
---@field method? ""|"ip_hash"|"least_connections"|"round_robin" load_balancer
---@field origin_path? string "" or a path that starts with "/"
---@field connection_timeout? integer seconds; taken, but the API keeps its own value (60)
---@field timeout_between_bytes? integer seconds; taken, but the API keeps its own value (120)
---@field hmac_authentication? boolean
---@field hmac_region_name? string needed with hmac_authentication
---@field hmac_access_key? string secret; needed with hmac_authentication
---@field hmac_secret_key? string secret; needed with hmac_authentication
---@field bucket? string object_storage
---@field prefix? string object_storage
---@field streaming_endpoint? string live_ingest

---@class azion.OriginAddress
---@field address? string host name or IP address, without scheme and path
---@field weight? integer 1 to 100; load_balancer, else null
---@field server_role? "primary"|"backup" default: "primary"
---@field is_active? boolean default: true

---@class azion.Origin: azion.OriginFields
---@field origin_key string UUID: the id in paths
---@field origin_id integer|string the id in rules

---@class azion.CacheSettingFields
---@field name? string needed on create and overwrite
---@field browser_cache_settings? "honor"|"override"|"ignore"
---@field browser_cache_settings_maximum_ttl? integer seconds
---@field cdn_cache_settings? "honor"|"override"
---@field cdn_cache_settings_maximum_ttl? integer seconds, at most 31536000
---@field cache_by_query_string? "ignore"|"whitelist"|"blacklist"|"all"
---@field query_string_fields? string[] with whitelist and blacklist
---@field enable_query_string_sort? boolean
---@field cache_by_cookies? "ignore"|"whitelist"|"blacklist"|"all"
---@field cookie_names? string[] with whitelist and blacklist
---@field adaptive_delivery_action? "ignore"|"whitelist"
---@field device_group? integer[] ids of device groups
---@field enable_caching_for_post? boolean
---@field enable_caching_for_options? boolean
---@field enable_stale_cache? boolean
---@field l2_caching_enabled? boolean
---@field l2_region? "sa-brazil"|"na-united-states"
---@field is_slice_configuration_enabled? boolean
---@field is_slice_edge_caching_enabled? boolean
---@field is_slice_l2_caching_enabled? boolean
---@field slice_configuration_range? integer 1024

---@class azion.CacheSetting: azion.CacheSettingFields
---@field id integer

---@class azion.RuleFields
---@field name? string needed on create and overwrite
---@field description? string at most 1000 characters
---@field order? integer 1 to 10000
---@field is_active? boolean
---@field criteria? azion.RuleCriterion[][] needed on create and overwrite; groups of conditions
---@field behaviors? azion.RuleBehavior[] needed on create and overwrite

---@class azion.RuleCriterion
---@field variable? string "${uri}", "${host}", …
---@field operator? "is_equal"|"is_not_equal"|"starts_with"|"does_not_start_with"|"matches"|"does_not_match"|"exists"|"does_not_exist"
---@field conditional? "if"|"and"|"or" the first of a group: "if"
---@field input_value? string not with exists and does_not_exist

---@class azion.RuleBehavior
---@field name? string "set_origin", "set_cache_policy", "deliver", "deny", "redirect_to_301", …
---@field target? string|integer|{ captured_array: string, subject: string, regex: string } an origin's origin_id, a cache setting's id, …

---@class azion.Rule: azion.RuleFields
---@field id integer
---@field phase "request"|"response"|"default" the default rule is among those of the request

---@class azion.DeviceGroupFields
---@field name? string letters and digits
---@field user_agent? string regular expression

---@class azion.DeviceGroup: azion.DeviceGroupFields
---@field id integer

---@class azion.FunctionsInstanceFields
---@field name? string
---@field edge_function_id? integer
---@field args? table object, or list of objects

---@class azion.FunctionsInstance: azion.FunctionsInstanceFields
---@field id integer

---@class azion.ErrorResponsesFields
---@field origin_id? integer the origin that has the pages; null where there are none
---@field error_responses? azion.ErrorResponse[]

---@class azion.ErrorResponse
---@field code? string HTTP status of the origin, or "any"
---@field uri? string path of the page at the origin; null: none
---@field custom_status_code? string|integer status to answer with; null: the same
---@field timeout? integer seconds

--- One for each application.
---@class azion.ErrorResponses: azion.ErrorResponsesFields
---@field id integer
---@field name? string

---@class azion.DomainFields
---@field name? string needed on create and overwrite
---@field cnames? string[] needed on create and overwrite
---@field cname_access_only? boolean default: false
---@field edge_application_id? integer needed on create and overwrite
---@field digital_certificate_id? integer|string|"lets_encrypt"
---@field is_active? boolean
---@field environment? "production"|"preview"
---@field edge_firewall_id? integer
---@field is_mtls_enabled? boolean
---@field mtls_verification? "enforce"|"permissive"
---@field mtls_trusted_ca_certificate_id? integer
---@field crl_list? integer[]

---@class azion.Domain: azion.DomainFields
---@field id integer
---@field domain_name string "….map.azionedge.net"

---@class azion.DigitalCertificateFields
---@field name? string needed on create and overwrite
---@field certificate? string PEM; together with private_key
---@field private_key? string PEM; secret, never in a reply; a trusted CA has none
---@field certificate_type? "edge_certificate"|"trusted_ca_certificate"
---@field managed? boolean

---@class azion.DigitalCertificate: azion.DigitalCertificateFields
---@field id integer
---@field subject_name? string[]
---@field issuer? string
---@field validity? string "2028-03-24 20:09:00-03:00"
---@field status? string "Active", "Pending", …
---@field csr? string
---@field certificate_content? string
---@field azion_information? string

---@class azion.CsrFields
---@field name? string
---@field common_name? string
---@field country? string
---@field state? string
---@field locality? string
---@field organization? string
---@field organization_unity? string
---@field email? string
---@field private_key_type? "rsa_2048"
---@field sans? string[] subject alternative names

---@class azion.PersonalTokenFields
---@field name? string needed on create
---@field expires_at? string needed on create; "2026-07-26T00:00"
---@field description? string

---@class azion.PersonalToken: azion.PersonalTokenFields
---@field uuid string the id in paths
---@field key? string secret: the token itself, in the reply to create and never again
---@field user_id? integer
---@field created? string

---@class azion.VariableFields
---@field key? string needed; at most 100 characters
---@field value? string needed; at most 32768 characters
---@field secret? boolean its value is not shown again

---@class azion.Variable: azion.VariableFields
---@field uuid string the id in paths
---@field last_editor? string
---@field created_at? string
---@field updated_at? string

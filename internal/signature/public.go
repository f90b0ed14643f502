package signature

// PublicHosts are names of the service that clients sign for while they send
// to another: the current one, the earlier one, and those of the regions, to
// which a client's region breaker turns (protocol.md §1, §7.8).
var PublicHosts = func() []string {
	const service, domain = "intlpartnersmgt", ".tencentcloudapi.com"
	names := []string{service + domain, service + ".intl" + domain}
	for _, region := range []string{
		"ap-guangzhou", "ap-shanghai", "ap-nanjing", "ap-beijing", "ap-chengdu", "ap-chongqing", "ap-hongkong",
		"ap-singapore", "ap-jakarta", "ap-bangkok", "ap-mumbai", "ap-seoul", "ap-tokyo", "na-siliconvalley",
		"na-ashburn", "na-toronto", "sa-saopaulo", "eu-frankfurt", "eu-moscow",
	} {
		names = append(names, service+"."+region+domain)
	}
	const tokens = "sts" // of the service of temporary keys
	return append(names, tokens+domain, tokens+".intl"+domain)
}()

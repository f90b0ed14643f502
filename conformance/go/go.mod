module tael/conformance

go 1.26

require github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common v1.3.209

package notice

import (
	"fmt"
	"strings"
	"text/template"
	"unicode"

	"tael/internal/store"
)

// text is what a message says, in one language.
type text struct{ subject, body *template.Template }

func newText(subject, body string) text {
	parse := func(text string) *template.Template {
		return template.Must(template.New("").Option("missingkey=zero").Parse(text))
	}
	return text{parse(subject), parse(body)}
}

// texts are by kind, English and Chinese.
var texts = map[store.MessageKind][2]text{
	store.Invitation: {
		newText(`Invitation from {{or .Partner "a partner"}}`,
			`{{or .Partner "A partner"}} invites you to become {{if eq .Role "SubAgent"}}a second-level reseller`+
				`{{else}}a customer{{end}}.

To accept, open this link within 30 days:
{{.Link}}
{{if .MaterialUrl}}
More about it: {{.MaterialUrl}}
{{end}}
If you did not expect this, ignore it.
`),
		newText(`{{or .Partner "合作伙伴"}}的邀请`,
			`{{or .Partner "一位合作伙伴"}}邀请您成为{{if eq .Role "SubAgent"}}二级经销商{{else}}客户{{end}}。

请在 30 天内打开以下链接接受邀请：
{{.Link}}
{{if .MaterialUrl}}
更多信息：{{.MaterialUrl}}
{{end}}
如果您没有预料到此邀请，请忽略。
`),
	},
	store.VerificationCode: {
		newText(`Your verification code`,
			`Your verification code is {{.Code}}. It is valid for {{or .Minutes "10"}} minutes.`),
		newText(`您的验证码`, `您的验证码是 {{.Code}}，{{or .Minutes "10"}} 分钟内有效。`),
	},
	store.CreditWarning: {
		newText(`Credit of customer {{.Customer}} below {{.Threshold}} %`,
			`The available credit of customer {{.Customer}} is {{.Credit}} USD, below {{.Threshold}} % of its total of `+
				`{{.Total}} USD.
`),
		newText(`客户 {{.Customer}} 的信用额度低于 {{.Threshold}}%`,
			`客户 {{.Customer}} 的可用信用额度为 {{.Credit}} 美元，低于总额度 {{.Total}} 美元的 {{.Threshold}}%。
`),
	},
}

// textOf is a message's subject and text, in Chinese where it is asked for.
func textOf(m *store.Message) (subject, body string, err error) {
	both, known := texts[m.Kind]
	if !known {
		return "", "", fmt.Errorf("no text for messages of kind %s", m.Kind)
	}
	text := both[0]
	if strings.HasPrefix(m.Language, "zh") {
		text = both[1]
	}
	fields := make(map[string]string, len(m.Fields))
	for name, value := range m.Fields {
		fields[name] = onOneLine(value)
	}
	var s, b strings.Builder
	if err := text.subject.Execute(&s, fields); err != nil {
		return "", "", err
	}
	if err := text.body.Execute(&b, fields); err != nil {
		return "", "", err
	}
	return s.String(), b.String(), nil
}

// onOneLine takes out of a value what would begin a line or a header of its own:
// names that are stored already may hold anything.
func onOneLine(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, value)
}

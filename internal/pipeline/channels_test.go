package pipeline

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"callsheet/internal/config"
	"callsheet/internal/notify"
)

// TestEachKeyOfADeliveryDistinguishesChannels changes the keys of a delivery, one after the other. Each but those of the recipients
// makes another channel, so that a report with both sends through both.
func TestEachKeyOfADeliveryDistinguishesChannels(t *testing.T) {
	c, err := config.Parse([]byte("mail: {host: smtp.example.com, from: reports@example.com}"))
	if err != nil {
		t.Fatal(err)
	}
	p := &Pipeline{Config: c}
	identity := func(d config.Delivery) string {
		channel, err := p.channel(d, "")
		if err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
		place := ""
		if _, ok := channel.(notify.Mail); !ok {
			recipients, err := channel.Recipients(t.Context(), "")
			if err != nil {
				t.Fatalf("%+v: %v", d, err)
			}
			place = fmt.Sprint(recipients)
		}
		return fmt.Sprint(place, channel.Settings())
	}
	deliveries := func() []config.Delivery {
		return []config.Delivery{
			{Folder: "/reports"}, {Bucket: "s3://reports"}, {Mail: &config.MailDelivery{}}, {Webhook: &config.WebhookTarget{URL: "https://chat.example.com/a"}},
		}
	}
	keysOf := [][]string{{"folder", "name", "keep"}, {"bucket", "name"}, {"mail"}, {"webhook"}}
	for i, plain := range deliveries() {
		before := identity(plain)
		fields := reflect.TypeFor[config.Delivery]()
		for j := range fields.NumField() {
			key := fields.Field(j).Tag.Get("yaml")
			if !slices.Contains(keysOf[i], key) {
				continue
			}
			nested := reflect.ValueOf(&plain).Elem().Field(j)
			if nested.Kind() != reflect.Pointer {
				changed := deliveries()[i]
				change(t, reflect.ValueOf(&changed).Elem().Field(j))
				if identity(changed) == before {
					t.Errorf("another %s is the same channel", key)
				}
				continue
			}
			for k := range nested.Elem().NumField() {
				inner := nested.Elem().Type().Field(k).Tag.Get("yaml")
				if slices.Contains([]string{"to", "cc", "bcc", "recipients", "recipients_query", "url_file"}, inner) {
					continue
				}
				changed := deliveries()[i]
				change(t, reflect.ValueOf(&changed).Elem().Field(j).Elem().Field(k))
				if identity(changed) == before {
					t.Errorf("another %s.%s is the same channel: see Settings of %T", key, inner, nested.Interface())
				}
			}
		}
	}
}

// TestURLsOfOneRecipientAreTwoChannels finds two URLs whose hashes begin with the same two bytes, which is all that a recipient shows.
func TestURLsOfOneRecipientAreTwoChannels(t *testing.T) {
	p := &Pipeline{Config: &config.Config{}}
	byRecipient := map[string]notify.Channel{}
	for i := range 1 << 16 {
		channel, err := p.channel(config.Delivery{Webhook: &config.WebhookTarget{URL: config.Secret(fmt.Sprintf("https://chat.example.com/%d", i))}}, "")
		if err != nil {
			t.Fatal(err)
		}
		recipients, err := channel.Recipients(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if other, ok := byRecipient[recipients[0]]; ok {
			if notify.ChannelID(channel) == notify.ChannelID(other) {
				t.Errorf("%s is one channel for two URLs", recipients[0])
			}
			return
		}
		byRecipient[recipients[0]] = channel
	}
	t.Error("no two URLs have the same recipient")
}

// change sets a value of the configuration to another one.
func change(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.String:
		v.SetString(strings.TrimPrefix(v.String()+"/b", "/"))
	case reflect.Int:
		v.SetInt(7)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem())) // attach: false
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.ValueOf("a").Convert(v.Type().Key()), reflect.ValueOf("b").Convert(v.Type().Elem()))
	default:
		t.Fatalf("no other value of the kind %s: add one", v.Kind())
	}
}
